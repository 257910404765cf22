import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, type Cluster, type KubernetesObject, UnknownKind } from "./cluster";
import { creator, handOver } from "./field-managers";
import { isNamespaced, type Kind, type ObjectRef, refIn, title } from "./kind";

/** Milliseconds between attempts to create what has to wait for a namespace or a definition. */
const creationPauses = [1000, 2000, 4000, 8000, 16_000];

/** Creates the object. Its namespace or definition may be on their way, created by others: so it is tried some times. */
export async function created(
  kind: Kind,
  cluster: Cluster,
  inputs: KubernetesObject,
  cancelled: AbortSignal,
): Promise<KubernetesObject> {
  const given = refIn(kind, inputs.metadata);
  for (let attempt = 0; ; attempt++) {
    try {
      const inNamespace = isNamespaced(kind) ?? (await cluster.isNamespaced(kind));
      if (inNamespace === undefined) throw new UnknownKind(cluster.server, kind);
      const ref = inNamespace ? given : { ...given, namespace: undefined };
      return await cluster.create(ref, located(inputs, ref), creator);
    } catch (error) {
      const pause = creationPauses[attempt];
      const isEarly = error instanceof UnknownKind || (error instanceof ApiError && error.status === 404);
      if (!isEarly || pause === undefined || cancelled.aborted) throw explained(error, cluster, given);
      await sleep(pause, undefined, { signal: cancelled }).catch(() => undefined);
    }
  }
}

function explained(error: unknown, { server }: Cluster, ref: ObjectRef): unknown {
  if (!(error instanceof ApiError) || error.reason !== "AlreadyExists") return error;
  return new Error(
    `${server}: ${title(ref)} is there already, and it is not this resource's. Where the resource only got ` +
      "another name in the program, give it an alias; else see whose it is, and delete it if it is nobody's: " +
      `kubectl get ${ref.kind} ${ref.name}${ref.namespace ? ` -n ${ref.namespace}` : ""} -o yaml`,
  );
}

/** A definition is put as a whole, which never deletes it, nor what is of its kind. */
export async function replaced(
  cluster: Cluster,
  ref: ObjectRef,
  body: KubernetesObject,
  manager: string,
): Promise<KubernetesObject> {
  const { resourceVersion } = (await existing(cluster, ref)).metadata;
  return cluster.replace(
    ref,
    located({ ...body, metadata: { ...body.metadata, resourceVersion } }, ref),
    manager,
  );
}

export async function applied(
  cluster: Cluster,
  ref: ObjectRef,
  body: KubernetesObject,
  manager: string,
  force: boolean,
): Promise<KubernetesObject> {
  await takeOver(cluster, ref, manager);
  try {
    return await cluster.apply(ref, located(body, ref), manager, force);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
    throw new Error(
      `${cluster.server}: others have set fields of ${title(ref)} that this resource sets too: leave them out of ` +
        `the program, add them to ignoreChanges, or take them over by the annotation "pulumi.com/patchForce": "true". ${error.answer}`,
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

const located = (object: KubernetesObject, { namespace, name }: ObjectRef): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, name, namespace },
});
