import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gatewayApiDefinitions } from "../../lab/kubernetes/gateway-api";
import { type ControlPlane, startControlPlane } from "../../lab/kubernetes/loopback";
import { CommandFailed } from "../../lab/run";
import { apps } from "../unit/components/web-apps";
import { allDeclared, startMocks } from "../unit/mocks";

/** Everything that apps declare, as the API server gets it. */
await startMocks();
const { createGateway, WebApp } = await import("../../components/web-app");
for (const [name, args] of Object.entries(apps)) new WebApp(name, args);
createGateway("front", { namespace: "entry", className: "any", listeners: { https: { port: 443 } } }, {});
const objects = (await allDeclared())
  .map(({ inputs }) => inputs)
  .filter(({ apiVersion }) => apiVersion !== undefined)
  .map((object) => [`${object.kind} ${object.metadata.name}`, object] as const);

/**
 * The objects of apps on a real API server of Kubernetes, with its controllers, the definitions of the Gateway API and a
 * namespace in which Pod Security `restricted` is enforced. No pod runs: there is no node.
 */
describe("apps on an API server", () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await startControlPlane();
    const definitions = (await gatewayApiDefinitions()).flatMap((file) => ["--filename", file]);
    await plane.kubectl(["apply", "--server-side", ...definitions]);
    await plane.kubectl(["wait", "--for=condition=Established", "--timeout=60s", "crd", "--all"]);
    await plane.kubectl(
      ["create", "--filename", "-"],
      JSON.stringify(list(["entry", "shops"].map(restricted))),
    );
  });

  afterAll(() => plane.stop());

  const create = (object: object, ...flags: string[]) =>
    plane.kubectl(["create", "--validate=strict", "--filename", "-", ...flags], JSON.stringify(object));

  it.each(objects)("%s passes strict validation", async (_, object) => {
    await create(object, "--dry-run=server");
  });

  it("the validation is strict", async () => {
    const [, { ...object }] = objects.find(([title]) => title === "Deployment inside")!;
    object.spec = { ...object.spec, replica: 2 };
    await expect(create(object, "--dry-run=server")).rejects.toThrow(/unknown field "spec.replica"/);
  });

  it("pods of every Deployment are admitted, and the autoscaler sees to its fewest", async () => {
    await create(list(objects.map(([, object]) => object)));
    const expected = Object.fromEntries(
      objects
        .filter(([, { kind }]) => kind === "Deployment")
        .map(([, { metadata, spec }]) => [
          metadata.name,
          spec.replicas ?? apps[metadata.name]?.scaling?.min ?? 2,
        ]),
    );
    expect(await eventually(podsByDeployment, (found) => equal(found, expected))).toEqual(expected);
  });

  it("a pod that may do more is not admitted", async () => {
    const [, { spec }] = objects.find(([title]) => title === "Deployment inside")!;
    const { securityContext: _, ...container } = spec.template.spec.containers[0];
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "more", namespace: "shops" },
      spec: { ...spec.template.spec, containers: [container] },
    };
    const refused = await create(pod, "--dry-run=server").catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(CommandFailed);
    expect((refused as CommandFailed).message).toMatch(/violates PodSecurity "restricted/);
  });

  it("a drain may take one pod of an app at a time", async () => {
    const budgets = JSON.parse(await plane.kubectl(["get", "pdb", "-n", "shops", "-o", "json"])) as {
      items: { metadata: { name: string }; status?: { expectedPods?: number } }[];
    };
    expect(budgets.items.map(({ metadata }) => metadata.name).sort()).toEqual(Object.keys(apps).sort());
  });

  async function podsByDeployment(): Promise<Record<string, number>> {
    const { items } = JSON.parse(await plane.kubectl(["get", "pods", "-n", "shops", "-o", "json"])) as {
      items: { metadata: { labels: Record<string, string> } }[];
    };
    const found: Record<string, number> = {};
    for (const { metadata } of items) {
      const { app, track } = metadata.labels;
      const deployment = track === "canary" ? `${app}-canary` : `${app}`;
      found[deployment] = (found[deployment] ?? 0) + 1;
    }
    return found;
  }
});

const list = (items: object[]) => ({ apiVersion: "v1", kind: "List", items });

const restricted = (name: string) => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
});

const equal = (a: object, b: object) =>
  JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());

/** What is seen when it is as it should be, or after two minutes. */
async function eventually<T>(look: () => Promise<T>, isRight: (seen: T) => boolean): Promise<T> {
  for (let waited = 0; ; waited += 1) {
    const seen = await look();
    if (isRight(seen) || waited === 120) return seen;
    await sleep(1000);
  }
}
