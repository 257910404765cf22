import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gatewayApiDefinitions } from "../../lab/kubernetes/gateway-api";
import { type ControlPlane, startControlPlane } from "../../lab/kubernetes/loopback";
import { apps } from "../unit/components/web-apps";
import { allDeclared, type Declared, startMocks } from "../unit/mocks";

type KubernetesObject = Declared["inputs"];

/**
 * The objects of apps on a real API server of Kubernetes, with its controllers, the definitions of the Gateway API and a
 * namespace in which Pod Security `restricted` is enforced. No pod runs: there is no node.
 */
describe("apps on an API server", () => {
  let plane: ControlPlane;
  let objects: KubernetesObject[];

  beforeAll(async () => {
    objects = await declaredObjects();
    plane = await startControlPlane();
    const definitions = (await gatewayApiDefinitions()).flatMap((file) => ["--filename", file]);
    await plane.kubectl(["apply", "--server-side", ...definitions]);
    await plane.kubectl(["wait", "--for=condition=Established", "--timeout=60s", "crd", "--all"]);
    await create(["entry", "shops"].map(restricted));
  });

  afterAll(() => plane.stop());

  const create = (items: KubernetesObject[], ...flags: string[]) =>
    plane.kubectl(
      ["create", "--validate=strict", "--filename", "-", ...flags],
      JSON.stringify({ apiVersion: "v1", kind: "List", items }),
    );
  const listed = async (kind: string): Promise<KubernetesObject[]> =>
    JSON.parse(await plane.kubectl(["get", kind, "--namespace", "shops", "--output", "json"])).items;
  const deploymentOf = (name: string) =>
    objects.find(({ kind, metadata }) => kind === "Deployment" && metadata.name === name)!;

  it.each([...Object.keys(apps), "front"])("everything of %s passes strict validation", async (name) => {
    const its = objects.filter(({ metadata }) => [metadata.labels?.app, metadata.name].includes(name));
    const printed = await create(its, "--dry-run=server");
    expect(its.length).toBeGreaterThan(0);
    expect(printed.match(/created \(server dry run\)/g)).toHaveLength(its.length);
  });

  it("the validation is strict", async () => {
    const { spec, ...object } = deploymentOf("inside");
    await expect(create([{ ...object, spec: { ...spec, replica: 2 } }], "--dry-run=server")).rejects.toThrow(
      /unknown field .*replica"/,
    );
  });

  it("pods of every Deployment are admitted, and the autoscaler sees to its fewest", async () => {
    await create(objects);
    const expected = Object.fromEntries(
      objects
        .filter(({ kind }) => kind === "Deployment")
        .map(({ metadata, spec }) => [
          metadata.name,
          spec.replicas ?? apps[metadata.name]?.scaling?.min ?? 2,
        ]),
    );
    expect(await eventually(podsByDeployment, (found) => equal(found, expected))).toEqual(expected);
  });

  it("a pod that may do more is not admitted", async () => {
    const { spec } = deploymentOf("inside").spec.template;
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "more", namespace: "shops" },
      spec: { ...spec, containers: [{ ...spec.containers[0], securityContext: {} }] },
    };
    await expect(create([pod], "--dry-run=server")).rejects.toThrow(/violates PodSecurity "restricted/);
  });

  it("an update that says nothing of their number leaves the pods to the autoscaler", async () => {
    await plane.kubectl(
      ["apply", "--server-side", "--force-conflicts", "--filename", "-"],
      JSON.stringify(deploymentOf("routed")),
    );
    const { spec } = (await listed("deployments")).find(({ metadata }) => metadata.name === "routed")!;
    expect(spec.replicas).toBe(2);
  });

  it("budgets count the pods of the first version", async () => {
    const counted = async () =>
      Object.fromEntries(
        (await listed("pdb")).map(({ metadata, status }) => [metadata.name, status?.expectedPods]),
      );
    const expected = { compared: 2, inside: 2, listed: 2, meshed: 2, ported: 3, routed: 2 };
    expect(await eventually(counted, (found) => equal(found, expected))).toEqual(expected);
  });

  async function podsByDeployment(): Promise<Record<string, number>> {
    const found: Record<string, number> = {};
    for (const { metadata } of await listed("pods")) {
      const { app, track } = metadata.labels;
      const name = track === "canary" ? `${app}-canary` : app;
      found[name] = (found[name] ?? 0) + 1;
    }
    return found;
  }
});

/** Everything that the apps declare, with names as the plugin gives them. */
async function declaredObjects(): Promise<KubernetesObject[]> {
  await startMocks();
  const { createGateway, WebApp } = await import("../../components/web-app");
  for (const [name, args] of Object.entries(apps)) new WebApp(name, args);
  createGateway("front", { namespace: "entry", className: "any", listeners: { https: { port: 443 } } }, {});
  return (await allDeclared())
    .filter(({ inputs }) => inputs.apiVersion !== undefined)
    .map(({ name, inputs: { metadata, ...object } }) => ({
      ...object,
      metadata: { ...metadata, name: metadata.name ?? `${name}-0a1b2c3d` },
    }));
}

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
