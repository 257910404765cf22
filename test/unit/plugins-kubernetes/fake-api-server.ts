import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { type Properties } from "../../../lab/plugins/resource-type";

/** Kinds that it serves, by group and version. */
const served: Record<string, [plural: string, kind: string, namespaced: boolean][]> = {
  "/api/v1": [
    ["configmaps", "ConfigMap", true],
    ["events", "Event", true],
    ["namespaces", "Namespace", false],
    ["persistentvolumeclaims", "PersistentVolumeClaim", true],
    ["pods", "Pod", true],
    ["pods/log", "Pod", true],
    ["secrets", "Secret", true],
    ["services", "Service", true],
  ],
  "/apis/apps/v1": [
    ["deployments", "Deployment", true],
    ["deployments/scale", "Scale", true],
  ],
  "/apis/batch/v1": [["jobs", "Job", true]],
  "/apis/apiextensions.k8s.io/v1": [["customresourcedefinitions", "CustomResourceDefinition", false]],
  "/apis/discovery.k8s.io/v1": [["endpointslices", "EndpointSlice", true]],
  "/apis/storage.k8s.io/v1": [["storageclasses", "StorageClass", false]],
};

/** As much of an API server as the plugin asks of one. It records the requests that it got. */
export class FakeApiServer {
  readonly requests: string[] = [];
  readonly bodies: Properties[] = [];
  /** By path, such as `/api/v1/namespaces/web/configmaps/one`. */
  readonly objects = new Map<string, Properties>();
  readonly served = structuredClone(served);
  /** Changes an object whenever it is read, as controllers would. */
  onRead: (object: Properties, path: string) => void = () => undefined;
  /** Refuses a request: a status and Kubernetes' word for it. */
  refuse: (request: string) => [status: number, reason: string] | undefined = () => undefined;
  private readonly server: Server = createServer((request, response) => void this.answer(request, response));
  private versions = 0;

  async listen(): Promise<this> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    return this;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The text of a kubeconfig for it. */
  get kubeconfig(): string {
    return kubeconfigFor(this.address);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (
      request.headers["content-length"] || request.headers["transfer-encoding"]
        ? await json(request)
        : undefined
    ) as Properties | undefined;
    const url = new URL(request.url ?? "", "http://fake");
    const line = `${request.method} ${url.pathname}`;
    this.requests.push(line + (request.method === "GET" ? "" : url.search));
    if (body) this.bodies.push(body);
    const reply = (status: number, content: unknown) => {
      response.writeHead(status, { "Content-Type": "application/json" });
      response.end(JSON.stringify(content));
    };
    const fail = (status: number, reason: string) =>
      reply(status, { kind: "Status", reason, message: `${reason}: ${url.pathname}` });

    const refused = this.refuse(line);
    if (refused) return fail(...refused);
    const resources = this.served[url.pathname];
    if (resources) {
      const list = resources.map(([name, kind, namespaced]) => ({ name, kind, namespaced }));
      return reply(200, { kind: "APIResourceList", resources: list });
    }
    const found = this.objects.get(url.pathname);
    switch (request.method) {
      case "POST": {
        const path = `${url.pathname}/${body?.metadata.name}`;
        const inNamespace = /\/namespaces\/([^/]+)\/[^/]+$/.exec(url.pathname)?.[1];
        if (inNamespace === "missing") return fail(404, "NotFound");
        if (this.objects.has(path)) return fail(409, "AlreadyExists");
        return reply(201, this.store(path, body ?? {}, `uid-${this.versions}`));
      }
      case "GET": {
        if (found) this.onRead(found, url.pathname);
        if (found) return reply(200, found);
        if (!this.isList(url.pathname)) return fail(404, "NotFound");
        const inside = [...this.objects].filter(([path]) => path.startsWith(`${url.pathname}/`));
        return reply(200, { items: inside.map(([, object]) => object) });
      }
      case "PUT":
      case "PATCH":
        if (!found) return fail(404, "NotFound");
        if (Array.isArray(body)) return reply(200, this.patched(url.pathname, found, body));
        return reply(200, this.store(url.pathname, body ?? {}, found.metadata.uid));
      case "DELETE":
        if (!found) return fail(404, "NotFound");
        this.objects.delete(url.pathname);
        return reply(200, { kind: "Status" });
      default:
        return fail(405, "MethodNotAllowed");
    }
  }

  private isList(path: string): boolean {
    return Object.entries(this.served).some(
      ([group, kinds]) =>
        path.startsWith(`${group}/`) && kinds.some(([plural]) => path.endsWith(`/${plural}`)),
    );
  }

  private store(path: string, object: Properties, uid: string): Properties {
    const resourceVersion = String(++this.versions);
    const generation = (this.objects.get(path)?.metadata.generation ?? 0) + 1;
    const metadata = { ...object.metadata, uid, resourceVersion, generation };
    const stored = { ...object, metadata };
    this.objects.set(path, stored);
    return stored;
  }

  private patched(path: string, object: Properties, operations: Properties[]): Properties {
    const managed = operations.find((one) => one.path === "/metadata/managedFields");
    const metadata = { ...object.metadata, managedFields: managed?.value };
    return this.store(path, { ...object, metadata }, object.metadata.uid);
  }
}

/** A kubeconfig with one cluster, as JSON: YAML too. */
export const kubeconfigFor = (server: string, name = "one"): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [{ name, cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name, user: { token: "t0ken" } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  });
