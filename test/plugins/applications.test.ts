import { Provider } from "@pulumi/kubernetes/provider";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../../lab/kubernetes/loopback";
import { type WantedVolume } from "../../components/mongodb";
import { givenVolume } from "../unit/components/volumes";
import { allDeclared, startMocks } from "../unit/mocks";

type Manifest = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

const namespace = "shop";

/** Whether an object is the namespace, or of what every namespace has. */
const isBaseline = (name: string) => name.startsWith(`${namespace}-`);

/**
 * Everything that the components for applications declare, on an API server of its own on loopback: strict validation,
 * Pod Security and quotas of a real one. No pod runs, as there is no node.
 */
describe("objects for applications", () => {
  let plane: ControlPlane;
  let objects: { name: string; manifest: Manifest }[];

  beforeAll(async () => {
    await startMocks();
    const { PlatformNamespace } = await import("../../components/namespace");
    const { MongoDatabase } = await import("../../components/mongodb");
    const { WebApp } = await import("../../components/web-app");
    const { KubernetesMetrics } = await import("../../components/kubernetes-metrics");
    const opts = { provider: new Provider("cluster", { kubeconfig: "k" }) };
    new PlatformNamespace(namespace, { environment: "TEST", kubernetesVersion: "1.34.1" }, opts);
    const storage = { volume: (_: string, volume: WantedVolume) => givenVolume(volume) };
    const common = { namespace, image: "registry.example/database:1", storage, sizeGiB: 2 };
    new MongoDatabase("mongo", { ...common, members: 3, rotation: 1, backup: { sizeGiB: 2 } }, opts);
    const ferret = new MongoDatabase("ferret", { ...common, members: 1, engine: "ferretdb" }, opts);
    const app = { namespace, image: "registry.example/app:1", port: 3000, environment: "TEST" as const };
    new WebApp("front", { ...app, database: ferret, entry: { nodePort: { port: 30080 } } }, opts);
    new KubernetesMetrics("metrics", { images: { overrides: {} }, kubeletInsecureTls: true }, opts);
    objects = (await allDeclared())
      .filter(({ type }) => type.startsWith("kubernetes:"))
      .map(({ name, inputs }) => ({ name, manifest: named(inputs, name) }));
    plane = await startControlPlane();
    // What admission asks of has to be there; the namespace itself before what is in it.
    for (const { name, manifest } of objects)
      if (isBaseline(name))
        await plane.kubectl(
          ["apply", "--server-side", "--validate=strict", "--filename", "-"],
          JSON.stringify(manifest),
        );
  });

  afterAll(() => plane.stop());

  /** What the engine would have made up. */
  const named = (inputs: Manifest, name: string): Manifest => ({
    ...inputs,
    metadata: { ...inputs.metadata, name: inputs.metadata.name ?? `${name}-0123abcd` },
  });

  const dryRun = (manifest: Manifest, verb: string[]) =>
    plane.kubectl(
      [...verb, "--dry-run=server", "--validate=strict", "--filename", "-", "--output", "json"],
      JSON.stringify(manifest),
    );

  /** The pods that the objects would make, with the volumes that their claims would become. */
  const pods = () =>
    objects.flatMap(({ name, manifest: { kind, spec } }) => {
      const template: Manifest | undefined =
        kind === "CronJob"
          ? spec.jobTemplate.spec.template
          : kind === "ConfigMap"
            ? undefined
            : spec?.template;
      if (!template) return [];
      const pod = { ...template.spec, serviceAccountName: undefined }; // not of this namespace
      const claims: Manifest[] = spec.volumeClaimTemplates ?? [];
      const volumes = claims.map(({ metadata }) => ({
        name: metadata.name,
        persistentVolumeClaim: { claimName: `${metadata.name}-0` },
      }));
      return [
        {
          apiVersion: "v1",
          kind: "Pod",
          metadata: { ...template.metadata, name: name.toLowerCase(), namespace },
          spec: { ...pod, volumes: [...pod.volumes, ...volumes] },
        },
      ];
    });

  it("are valid, all of them", async () => {
    const refused: string[] = [];
    for (const { name, manifest } of objects.filter((one) => !isBaseline(one.name)))
      await dryRun(manifest, ["apply", "--server-side"]).catch((error: Error) =>
        refused.push(`${name}: ${error.message}`),
      );
    expect(refused).toEqual([]);
    expect(objects.length).toBeGreaterThan(45);
  });

  it("make pods that Pod Security and the quota admit, without a token unless they ask the API", async () => {
    const made = pods();
    expect(made.map(({ metadata }) => metadata.name).sort()).toEqual([
      "ferret-servers",
      "ferret-setup",
      "front-deployment",
      "metrics-deployment",
      "mongo-backup",
      "mongo-servers",
      "mongo-setup",
    ]);
    for (const pod of made) {
      const admitted = JSON.parse(await dryRun(pod, ["create"])) as Manifest;
      const hasToken = JSON.stringify(admitted.spec).includes("serviceaccount");
      expect(hasToken, pod.metadata.name).toBe(pod.metadata.name === "metrics-deployment");
      expect(admitted.status.qosClass, pod.metadata.name).toBe("Burstable");
    }
  });

  const bare = (spec: Manifest): Manifest => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "bare", namespace },
    spec,
  });
  const restricted = {
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name: "main",
        image: "a:1",
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      },
    ],
  };

  it("refuse a pod that is not restricted, and one that wants too much", async () => {
    await expect(dryRun(bare({ containers: [{ name: "main", image: "a:1" }] }), ["create"])).rejects.toThrow(
      'violates PodSecurity "restricted:v1.34"',
    );
    const [container] = restricted.containers;
    const greedy = {
      ...container,
      resources: { requests: { cpu: "1", memory: "17Gi" }, limits: { memory: "17Gi" } },
    };
    await expect(dryRun(bare({ ...restricted, containers: [greedy] }), ["create"])).rejects.toThrow(
      "exceeded quota",
    );
  });

  it("give a pod that says nothing its limits, and no token", async () => {
    const { spec } = JSON.parse(await dryRun(bare(restricted), ["create"])) as Manifest;
    expect(spec.containers[0].resources).toEqual({
      requests: { cpu: "100m", memory: "256Mi" },
      limits: { memory: "256Mi" },
    });
    expect(spec.containers[0].volumeMounts).toBeUndefined();
  });
});
