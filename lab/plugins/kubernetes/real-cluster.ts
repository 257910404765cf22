import { type Properties } from "../resource-type";
import { ApiServer } from "./api-server";
import {
  ApiError,
  type Cluster,
  type KubernetesObject,
  type PatchOperation,
  type Selection,
  UnknownKind,
} from "./cluster";
import { type Kind, type ObjectRef } from "./kind";
import { kubeConfigOf } from "./settings";

interface ApiResource {
  /** The plural in paths. */
  name: string;
  kind: string;
  namespaced: boolean;
}

/** The cluster that the provider's settings lead to. */
export function connect(config: Properties): Cluster {
  const kubeConfig = kubeConfigOf(config);
  const api = new ApiServer(kubeConfig);
  const resources = new Map<string, Promise<ApiResource[]>>();

  const find = async ({ apiVersion, kind }: Kind): Promise<ApiResource | undefined> => {
    const known = resources.get(apiVersion) ?? discover(api, apiVersion);
    resources.set(apiVersion, known);
    const found = (await known.catch(() => [])).find((one) => one.kind === kind);
    if (!found) resources.delete(apiVersion); // a definition may be on its way
    await known;
    return found;
  };
  const pathOf = async (kind: Kind, namespace: string | undefined, name?: string): Promise<string> => {
    const resource = await find(kind);
    if (!resource) throw new UnknownKind(api.address, kind);
    const inside = resource.namespaced && namespace ? ["namespaces", namespace] : [];
    const parts = [...inside, resource.name, ...(name === undefined ? [] : [name])].map(encodeURIComponent);
    return [root(kind.apiVersion), ...parts].join("/");
  };
  const objectPath = (ref: ObjectRef) => pathOf(ref, ref.namespace, ref.name);

  return {
    server: api.address,
    defaultNamespace:
      config.namespace ?? kubeConfig.getContextObject(kubeConfig.getCurrentContext())?.namespace ?? "default",

    isNamespaced: async (kind) => (await find(kind))?.namespaced,

    get: (ref) => orUndefined(async () => api.request({ method: "GET", path: await objectPath(ref) })),

    async list(kind, namespace, selection: Selection = {}) {
      const query = new URLSearchParams({
        ...(selection.labels && { labelSelector: selection.labels }),
        ...(selection.fields && { fieldSelector: selection.fields }),
      });
      const path = `${await pathOf(kind, namespace)}?${query}`;
      return (await api.request<{ items: KubernetesObject[] }>({ method: "GET", path })).items;
    },

    async create(ref, body, manager) {
      const path = `${await pathOf(ref, ref.namespace)}?${asManager(manager)}`;
      return api.request({ method: "POST", path, body });
    },

    async apply(ref, body, manager, force) {
      const path = `${await objectPath(ref)}?${asManager(manager)}&force=${force}`;
      return api.request({ method: "PATCH", path, body, contentType: "application/apply-patch+yaml" });
    },

    async replace(ref, body, manager) {
      return api.request({ method: "PUT", path: `${await objectPath(ref)}?${asManager(manager)}`, body });
    },

    async patch(ref, body: PatchOperation[]) {
      const contentType = "application/json-patch+json";
      return api.request({ method: "PATCH", path: await objectPath(ref), body, contentType });
    },

    async delete(ref, propagationPolicy) {
      const body = { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy };
      await orUndefined(async () => api.request({ method: "DELETE", path: await objectPath(ref), body }));
    },
  };
}

const root = (apiVersion: string) =>
  apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;

const asManager = (manager: string) => new URLSearchParams({ fieldManager: manager }).toString();

async function discover(api: ApiServer, apiVersion: string): Promise<ApiResource[]> {
  const found = await orUndefined(() =>
    api.request<{ resources: ApiResource[] }>({ method: "GET", path: root(apiVersion) }),
  );
  return (found?.resources ?? []).filter(({ name }) => !name.includes("/")); // not `deployments/scale`
}

/** What is not there, or of a kind that is not there, is undefined. */
async function orUndefined<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UnknownKind || (error instanceof ApiError && error.status === 404)) return undefined;
    throw error;
  }
}
