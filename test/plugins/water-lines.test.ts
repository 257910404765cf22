import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deploymentSpec } from "../../components/web-app/deployment";
import { scalerSpec } from "../../components/web-app/water-lines";
import { type ControlPlane, startControlPlane } from "../../lab/kubernetes/loopback";
import { type Metrics, startMetrics } from "./metrics-server";

const app = "shop";
const selector = { app };
const requested = 100; // thousandths of a core of each pod

/**
 * The water lines in the hands of Kubernetes' own autoscaler. There is no node: the test says of the pods that they are
 * ready, and what they use.
 */
describe("the cluster's autoscaler", () => {
  let plane: ControlPlane;
  let folder: string;
  let metrics: Metrics;
  let work = 0; // of all pods together, in percent of what one requests
  const seen: { seconds: number; pods: number }[] = [];
  let following = true;
  let follower: Promise<void>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "farmstack-metrics-"));
    plane = await startControlPlane();
    metrics = await startMetrics(folder, "app", async () =>
      (await pods()).map(({ metadata }) => ({ name: metadata.name, labels: metadata.labels })),
    );
    await create(
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "shops" } },
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "metrics", namespace: "kube-system" },
        spec: { type: "ExternalName", externalName: "localhost", ports: [{ port: metrics.port }] },
      },
      {
        apiVersion: "apiregistration.k8s.io/v1",
        kind: "APIService",
        metadata: { name: "v1beta1.metrics.k8s.io" },
        spec: {
          group: "metrics.k8s.io",
          version: "v1beta1",
          groupPriorityMinimum: 100,
          versionPriority: 100,
          insecureSkipTLSVerify: true,
          service: { namespace: "kube-system", name: "metrics", port: metrics.port },
        },
      },
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: app, namespace: "shops" },
        spec: deploymentSpec({
          selector,
          labels: selector,
          annotations: {},
          image: "shop:1",
          port: 3000,
          replicas: undefined,
          variables: [],
          resources: { cpu: `${requested}m` },
        }),
      },
    );
    follower = follow();
    await create({
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: app, namespace: "shops" },
      spec: scalerSpec(
        { safeLine: 60, fatalLine: 90, outBy: { pods: 2 }, samplesBeforeScaleIn: 3, min: 2, max: 12 },
        app,
        "app",
      ),
    });
  });

  afterAll(async () => {
    following = false;
    await follower;
    await metrics.stop();
    await plane.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const create = (...items: object[]) =>
    plane.kubectl(["create", "--filename", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));

  interface Pod {
    metadata: { name: string; labels: Record<string, string>; deletionTimestamp?: string };
    status: { phase: string };
  }
  async function pods(): Promise<Pod[]> {
    const { items } = JSON.parse(
      await plane.kubectl(["get", "pods", "--namespace", "shops", "--output", "json"]),
    ) as { items: Pod[] };
    return items.filter(({ metadata }) => !metadata.deletionTimestamp);
  }

  /** Makes new pods ready, parts the work among all, and writes down how many there are to be. */
  async function follow(): Promise<void> {
    const started = Date.now();
    const long = "2020-01-01T00:00:00Z";
    const status = JSON.stringify({
      status: {
        phase: "Running",
        startTime: long,
        conditions: [{ type: "Ready", status: "True", lastTransitionTime: long }],
      },
    });
    while (following) {
      const all = await pods();
      for (const { metadata, status: its } of all)
        if (its.phase !== "Running")
          await plane.kubectl([
            ...["patch", "pod", metadata.name, "--namespace", "shops", "--subresource", "status"],
            ...["--type", "merge", "--patch", status],
          ]);
      metrics.set(all.length === 0 ? 0 : Math.floor((work / all.length) * (requested / 100)));
      const wanted = Number(
        await plane.kubectl([
          ...["get", "deployment", app, "--namespace", "shops"],
          ...["--output", "jsonpath={.spec.replicas}"],
        ]),
      );
      if (seen.at(-1)?.pods !== wanted)
        seen.push({ seconds: Math.round((Date.now() - started) / 1000), pods: wanted });
      await sleep(300);
    }
  }

  const now = () => seen.at(-1)?.pods;
  async function until(count: number, seconds: number): Promise<number | undefined> {
    for (let waited = 0; now() !== count && waited < seconds * 2; waited++) await sleep(500);
    return now();
  }

  it("sees to the fewest", async () => {
    work = 2 * 60;
    expect(await until(2, 60)).toBe(2);
  });

  it("comes back to the safe line from the fatal line in one step", async () => {
    await sleep(20_000); // until metrics are there, which are those of the safe line
    work = 2 * 90;
    expect(await until(3, 60)).toBe(3);
  });

  it("goes in steps from a load that is far above", async () => {
    work = 10 * 60;
    expect(await until(10, 120)).toBe(10);
    const steps = seen.map(({ pods }) => pods);
    expect(steps.slice(steps.indexOf(3))).toEqual([3, 5, 8, 10]);
  });

  it("takes pods away after the window, a few at a time, and never turns around", async () => {
    const from = seen.length;
    const before = Date.now();
    work = 5 * 60;
    expect(await until(7, 120)).toBe(7); // without a quarter of ten, rounded up
    expect(Date.now() - before).toBeGreaterThan(30_000);
    expect(await until(5, 120)).toBe(5);
    await sleep(20_000);
    const steps = seen.slice(from).map(({ pods }) => pods);
    expect(steps).toEqual([...steps].sort((a, b) => b - a));
    expect([steps[0], steps.at(-1)]).toEqual([7, 5]);
    process.stderr.write(
      `pods by seconds: ${JSON.stringify(seen.map(({ seconds, pods }) => [seconds, pods]))}\n`,
    );
  });
});
