import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Context, InitializationFailed, type Properties, type ResourceType } from "../resource-type";
import { deletionPropagation, has, timeoutOf } from "./annotations";
import { ApiError, type Cluster, type KubernetesObject, UnknownKind, Unreachable } from "./cluster";
import { compareObjects } from "./compare";
import { withDashes, withUnderscores } from "./definition-keys";
import { examined, withoutReadOnly } from "./examine";
import { creator, handOver } from "./field-managers";
import { foreseenCreation, foreseenUpdate } from "./foresee";
import { idOf, is, isNamespaced, type Kind, type ObjectRef, refOf, title } from "./kind";
import { liveInputs } from "./prune";
import { withSecrets } from "./secret-data";
import { NotReady, type Wait } from "./wait";

/** Where the objects are, and how one waits for them. */
export interface Surroundings {
  connect(config: Properties): Cluster;
  wait: Wait;
}

/** Milliseconds between attempts to create what has to wait for a namespace or a definition. */
const creationPauses = [1000, 2000, 4000, 8000, 16_000];

/** Objects of one kind as Pulumi resources. */
export function objectType(kind: Kind, { connect, wait }: Surroundings): ResourceType {
  const isDefinition = is(kind, "apiextensions.k8s.io/v1/CustomResourceDefinition");

  /** What the state keeps: the object as the API server has it, and the manager of its fields. */
  const outputs = (live: KubernetesObject, manager: string): Properties =>
    withSecrets(kind, { ...withUnderscores(kind, live), __fieldManager: manager });

  /** Waits until the object is ready, and gives what the state keeps. */
  const settled = async (cluster: Cluster, live: KubernetesObject, manager: string, context: Context) => {
    const ref = refIn(kind, live);
    if (has(live, "pulumi.com/skipAwait")) return outputs(live, manager);
    try {
      return outputs(await wait.untilReady(cluster, ref, live, patience(live, context)), manager);
    } catch (error) {
      if (!(error instanceof NotReady)) throw error;
      const reasons = [`${cluster.server}: ${error.message}`, ...error.reasons];
      throw new InitializationFailed(idOf(ref), outputs(error.object, manager), reasons);
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
      const live = await created(kind, cluster, withDashes(kind, inputs), context);
      return { id: idOf(refIn(kind, live)), outputs: await settled(cluster, live, manager, context) };
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
      const body = located(withDashes(kind, inputs), ref);
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

const refIn = ({ apiVersion, kind }: Kind, { metadata }: KubernetesObject): ObjectRef => ({
  apiVersion,
  kind,
  namespace: metadata.namespace,
  name: metadata.name,
});

const located = (object: KubernetesObject, { namespace, name }: ObjectRef): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, name, namespace },
});

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

/** Creates the object. Its namespace or definition may be on their way, created by others: so it is tried some times. */
async function created(
  kind: Kind,
  cluster: Cluster,
  inputs: Properties,
  { cancelled }: Context,
): Promise<KubernetesObject> {
  for (let attempt = 0; ; attempt++) {
    try {
      const inNamespace = isNamespaced(kind) ?? (await cluster.isNamespaced(kind));
      if (inNamespace === undefined) throw new UnknownKind(cluster.server, kind);
      const ref = refIn(kind, inputs);
      if (!inNamespace) delete ref.namespace;
      return await cluster.create(ref, located(inputs, ref), creator);
    } catch (error) {
      const pause = creationPauses[attempt];
      const isEarly = error instanceof UnknownKind || (error instanceof ApiError && error.status === 404);
      if (!isEarly || pause === undefined || cancelled.aborted) throw explained(error, refIn(kind, inputs));
      await sleep(pause, undefined, { signal: cancelled }).catch(() => undefined);
    }
  }
}

function explained(error: unknown, ref: ObjectRef): unknown {
  if (!(error instanceof ApiError) || error.reason !== "AlreadyExists") return error;
  return new ApiError(
    error.message.slice(0, error.message.indexOf(": ")),
    error.status,
    error.reason,
    `${title(ref)} is there already, and it is not this resource's. Where the resource only got another name in the ` +
      "program, give it an alias; else see whose it is, and delete it if it is nobody's: " +
      `kubectl get ${ref.kind} ${ref.name}${ref.namespace ? ` -n ${ref.namespace}` : ""} -o yaml`,
  );
}

/** A definition is put as a whole, which never deletes it, nor what is of its kind. */
async function replaced(
  cluster: Cluster,
  ref: ObjectRef,
  body: KubernetesObject,
  manager: string,
): Promise<KubernetesObject> {
  const { resourceVersion } = (await existing(cluster, ref)).metadata;
  return cluster.replace(ref, { ...body, metadata: { ...body.metadata, resourceVersion } }, manager);
}

async function applied(
  cluster: Cluster,
  ref: ObjectRef,
  body: KubernetesObject,
  manager: string,
  force: boolean,
): Promise<KubernetesObject> {
  await takeOver(cluster, ref, manager);
  try {
    return await cluster.apply(ref, body, manager, force);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
    throw new ApiError(
      cluster.server,
      error.status,
      error.reason,
      `others have set fields of ${title(ref)} that this resource sets too: leave them out of the program, add them to ` +
        `ignoreChanges, or take them over by the annotation "pulumi.com/patchForce": "true". ${error.message}`,
    );
  }
}

/** Hands the fields of the creation over to the manager; somebody may write the object at the same time. */
async function takeOver(cluster: Cluster, ref: ObjectRef, manager: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const operations = handOver(await existing(cluster, ref), manager);
    if (operations.length === 0) return;
    try {
      await cluster.patch(ref, operations);
      return;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409 || attempt === 5) throw error;
      await sleep(100 * attempt);
    }
  }
}

async function existing(cluster: Cluster, ref: ObjectRef): Promise<KubernetesObject> {
  const live = await cluster.get(ref);
  if (live) return live;
  throw new Error(`${cluster.server}: ${title(ref)} is gone. Let Pulumi see it: pulumi refresh`);
}
