import { createServer, type Server } from "node:https";
import { type AddressInfo } from "node:net";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../lab/run";

/** Answers in the place of metrics-server, on loopback. */
export interface Metrics {
  port: number;
  /** What each pod uses from now on, in thousandths of a core. */
  set(podsUse: number): void;
  stop(): Promise<void>;
}

/** Serves `metrics.k8s.io/v1beta1` for the pods that `names` gives, all of which use the same in their container. */
export async function startMetrics(
  folder: string,
  container: string,
  names: () => Promise<{ name: string; labels: Record<string, string> }[]>,
): Promise<Metrics> {
  const [key, cert] = [join(folder, "metrics.key"), join(folder, "metrics.crt")];
  await run("openssl", [
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"],
    ...["-keyout", key, "-out", cert],
  ]);
  let use = 0;
  const answer = async (path: string): Promise<object> => {
    if (!path.includes("/pods"))
      return {
        kind: "APIResourceList",
        apiVersion: "v1",
        groupVersion: "metrics.k8s.io/v1beta1",
        resources: [
          { name: "pods", singularName: "", namespaced: true, kind: "PodMetrics", verbs: ["get", "list"] },
        ],
      };
    const timestamp = new Date().toISOString().replace(/\.\d+Z$/, "Z");
    return {
      kind: "PodMetricsList",
      apiVersion: "metrics.k8s.io/v1beta1",
      metadata: {},
      items: (await names()).map(({ name, labels }) => ({
        metadata: { name, namespace: "shops", labels },
        timestamp,
        window: "15s",
        containers: [{ name: container, usage: { cpu: `${use}m`, memory: "1Mi" } }],
      })),
    };
  };
  const server: Server = createServer(
    { key: await readFile(key), cert: await readFile(cert) },
    (request, response) => {
      void answer(request.url ?? "").then((body) => {
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify(body));
      });
    },
  );
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    port: (server.address() as AddressInfo).port,
    set: (podsUse) => (use = podsUse),
    stop: () => new Promise((done) => server.close(() => done())),
  };
}
