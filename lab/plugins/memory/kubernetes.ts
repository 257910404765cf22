import { randomUUID } from "node:crypto";
import { ApiError, type Cluster, type KubernetesObject } from "../kubernetes/cluster";
import { idOf, isNamespaced, type Kind, type ObjectRef, title } from "../kubernetes/kind";
import { type Surroundings } from "../kubernetes/object";
import { type Properties } from "../resource-type";
import { apiHost } from "./host";
import { changeWorld, readWorld } from "./world";

/** Clusters in the world in a file, by the host of their API server. Every object is ready at once, and gone at once. */
export const kubernetesInMemory = (file: string): Surroundings => ({
  connect: (config) => clusterIn(file, config),
  wait: {
    untilReady: async (_cluster, _ref, written) => written,
    missingNow: async () => [],
    untilGone: async () => undefined,
  },
});

function clusterIn(file: string, config: Properties): Cluster {
  const server = apiHost(config.kubeconfig);
  const see = <T>(look: (objects: KubernetesObject[]) => T) => look(readWorld(file).clusters[server] ?? []);
  const change = <T>(work: (objects: KubernetesObject[]) => T) =>
    changeWorld(file, (world) => work((world.clusters[server] ??= [])));
  const write = async (ref: ObjectRef, object: KubernetesObject) =>
    change((objects) => {
      const there = objects.find(matches(ref));
      if (!there) throw new ApiError(server, 404, "NotFound", `${title(ref)} is not there`);
      return Object.assign(there, stored(object, there));
    });
  const create = async (ref: ObjectRef, object: KubernetesObject) =>
    change((objects) => {
      if (objects.some(matches(ref)))
        throw new ApiError(server, 409, "AlreadyExists", `${title(ref)} exists`);
      if (ref.namespace && !hasNamespace(objects, ref.namespace))
        throw new ApiError(server, 404, "NotFound", `namespaces "${ref.namespace}" not found`);
      objects.push(stored(object));
      return objects.at(-1) as KubernetesObject;
    });

  return {
    server,
    defaultNamespace: config.namespace ?? "default",
    isNamespaced: async (kind) => isNamespaced(kind) ?? see((objects) => definedScope(objects, kind)),
    get: async (ref) => see((objects) => objects.find(matches(ref))),
    list: async (kind, namespace) => see((objects) => objects.filter(inside(kind, namespace))),
    create,
    // As with the real one, what is not there comes to be.
    apply: async (ref, object) =>
      see((objects) => objects.some(matches(ref))) ? write(ref, object) : create(ref, object),
    replace: write,
    patch: async (ref) => see((objects) => objects.find(matches(ref)) as KubernetesObject), // managers are not kept
    delete: async (ref) =>
      change((objects) => {
        const goes = (object: KubernetesObject) =>
          matches(ref)(object) || (ref.kind === "Namespace" && object.metadata.namespace === ref.name);
        objects.splice(0, objects.length, ...objects.filter((object) => !goes(object)));
      }),
  };
}

const isOfKind =
  ({ apiVersion, kind }: Kind) =>
  (object: KubernetesObject) =>
    object.apiVersion === apiVersion && object.kind === kind;

const matches = (ref: ObjectRef) => (object: KubernetesObject) =>
  isOfKind(ref)(object) && idOf(object.metadata) === idOf(ref);

const inside = (kind: Kind, namespace: string | undefined) => (object: KubernetesObject) =>
  isOfKind(kind)(object) && (!namespace || object.metadata.namespace === namespace);

const hasNamespace = (objects: KubernetesObject[], name: string) =>
  ["default", "kube-system"].includes(name) ||
  objects.some(matches({ apiVersion: "v1", kind: "Namespace", name }));

/** What a CustomResourceDefinition among the objects says about a kind. */
function definedScope(objects: KubernetesObject[], { apiVersion, kind }: Kind): boolean | undefined {
  const definition = objects.find(
    ({ kind: of, spec }) =>
      of === "CustomResourceDefinition" &&
      spec.names.kind === kind &&
      apiVersion.startsWith(`${spec.group}/`),
  );
  return definition && definition.spec.scope === "Namespaced";
}

/** The object as an API server would keep it. */
function stored(object: KubernetesObject, before?: KubernetesObject): KubernetesObject {
  const { uid = randomUUID(), generation = 0 } = before?.metadata ?? {};
  const isService = object.apiVersion === "v1" && object.kind === "Service";
  const spec = isService
    ? { clusterIP: before?.spec.clusterIP ?? "10.96.0.10", ...object.spec }
    : object.spec;
  const metadata = { ...object.metadata, uid, generation: generation + 1 };
  return { ...object, metadata, ...(spec && { spec }) };
}
