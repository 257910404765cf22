import { randomBytes } from "node:crypto";
import { type Context, InitializationFailed, type Properties, type ResourceType } from "../resource-type";
import { deletionPropagation, has, timeoutOf } from "./annotations";
import { type Cluster, type KubernetesObject, Unreachable } from "./cluster";
import { compareObjects } from "./compare";
import { withDashes, withUnderscores } from "./definition-keys";
import { examined, withoutReadOnly } from "./examine";
import { creator } from "./field-managers";
import { foreseenCreation, foreseenUpdate } from "./foresee";
import { idOf, is, type Kind, refIn, refOf, title } from "./kind";
import { liveInputs } from "./prune";
import { withSecrets } from "./secret-data";
import { NotReady, type Wait } from "./wait";
import { applied, created, replaced } from "./write";

/** Where the objects are, and how one waits for them. */
export interface Surroundings {
  connect(config: Properties): Cluster;
  wait: Wait;
}

/** Objects of one kind as Pulumi resources. */
export function objectType(kind: Kind, { connect, wait }: Surroundings): ResourceType {
  const isDefinition = is(kind, "apiextensions.k8s.io/v1/CustomResourceDefinition");

  /** What the state keeps: the object as the API server has it, and the manager of its fields. */
  const outputs = (live: KubernetesObject, manager: string): Properties =>
    withSecrets(kind, { ...withUnderscores(kind, live), __fieldManager: manager });

  /** Waits until the object is ready, and gives what the state keeps. */
  const settled = async (cluster: Cluster, live: KubernetesObject, manager: string, context: Context) => {
    const ref = refIn(kind, live.metadata);
    if (has(live, "pulumi.com/skipAwait")) return outputs(live, manager);
    try {
      return outputs(await wait.untilReady(cluster, ref, live, patience(live, context)), manager);
    } catch (error) {
      // Whatever went wrong, the object is there, and the state has to have it.
      const { object, reasons } =
        error instanceof NotReady
          ? { object: error.object, reasons: [`${cluster.server}: ${error.message}`, ...error.reasons] }
          : { object: live, reasons: [(error as Error).message] };
      throw new InitializationFailed(idOf(ref), outputs(object, manager), reasons);
    }
  };

  return {
    inputs: {},
    required: [],

    async examine(inputs, olds, context) {
      const { config } = context;
      if (config.skipUpdateUnreachable && olds.metadata && !(await answers(connect(config))))
        return { inputs: withSecrets(kind, olds), faults: [] };
      const checked = await examined(kind, inputs, olds, context, () => connect(config));
      return { ...checked, inputs: withSecrets(kind, checked.inputs) };
    },

    compare(olds, news, { config }) {
      const { defaultNamespace } = connect(config);
      return compareObjects(kind, olds, news, { ...config, defaultNamespace });
    },

    foresee(inputs, olds) {
      return withSecrets(kind, olds ? foreseenUpdate(olds, inputs) : foreseenCreation(kind, inputs));
    },

    async create(inputs, context) {
      const cluster = connect(context.config);
      const manager = `pulumi-kubernetes-${randomBytes(4).toString("hex")}`;
      const live = await created(kind, cluster, withDashes(kind, inputs), context.cancelled);
      return {
        id: idOf(refIn(kind, live.metadata)),
        outputs: await settled(cluster, live, manager, context),
      };
    },

    async read(id, state, { config }, known = {}) {
      const cluster = connect(config);
      const ref = refOf(kind, id);
      try {
        const live = await cluster.get(ref);
        if (!live) return undefined;
        const isImport = Object.keys(known).length === 0;
        const found = withUnderscores(kind, live);
        const inputs = withSecrets(kind, isImport ? withoutReadOnly(found) : liveInputs(found, known));
        const seen = outputs(live, state.__fieldManager ?? creator);
        const missing =
          isImport || has(live, "pulumi.com/skipAwait") ? [] : await wait.missingNow(cluster, ref, live);
        if (missing.length === 0) return { inputs, outputs: seen };
        throw new InitializationFailed(
          id,
          seen,
          [`${cluster.server}: ${title(ref)} is not ready`, ...missing],
          inputs,
        );
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        if (config.deleteUnreachable) return undefined;
        if (config.skipUpdateUnreachable)
          return { inputs: withSecrets(kind, known), outputs: withSecrets(kind, state) };
        throw error;
      }
    },

    async update(id, state, inputs, context) {
      const cluster = connect(context.config);
      const ref = refOf(kind, id);
      const manager: string = state.__fieldManager ?? creator;
      const body = withDashes(kind, inputs);
      const live = isDefinition
        ? await replaced(cluster, ref, body, manager)
        : await applied(cluster, ref, body, manager, isForced(inputs, context));
      return settled(cluster, live, manager, context);
    },

    async delete(id, state, context) {
      const cluster = connect(context.config);
      const ref = refOf(kind, id);
      try {
        await cluster.delete(ref, deletionPropagation(state));
        if (goesUnseen(kind, state)) return;
        await wait.untilGone(cluster, ref, state.metadata?.uid, patience(state, context));
      } catch (error) {
        if (error instanceof Unreachable && context.config.deleteUnreachable) return;
        throw error;
      }
    },
  };
}

const patience = (object: KubernetesObject, { timeout, urn, cancelled }: Context) => ({
  timeout: timeout || timeoutOf(object),
  urn,
  cancelled,
});

const isForced = (inputs: Properties, { config }: Context): boolean =>
  has(inputs, "pulumi.com/patchForce") || config.enablePatchForce === true;

/** Kinds for whose deletion the official plugin does not wait either when they are to be skipped. */
const goesUnseen = (kind: Kind, state: KubernetesObject): boolean =>
  has(state, "pulumi.com/skipAwait") &&
  is(
    kind,
    ...["v1/Namespace", "v1/Pod", "v1/ReplicationController", "batch/v1/Job"],
    ...["apps/v1/DaemonSet", "apps/v1/Deployment", "apps/v1/StatefulSet"],
  );

async function answers(cluster: Cluster): Promise<boolean> {
  const anything = { apiVersion: "v1", kind: "Namespace", name: "default" };
  return cluster.get(anything).then(
    () => true,
    (error) => !(error instanceof Unreachable),
  );
}
