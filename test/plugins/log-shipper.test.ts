import { Provider } from "@pulumi/kubernetes/provider";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../../lab/kubernetes/loopback";
import { allDeclared, startMocks } from "../unit/mocks";

type Manifest = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

const space = "log-shipper";

/** What ships the logs of pods, on an API server of its own on loopback: strict validation and Pod Security. No pod runs. */
describe("objects of the log shipper", () => {
  let plane: ControlPlane;
  let objects: { name: string; manifest: Manifest }[];
  const ofKind = (kind: string) =>
    objects.find(({ manifest }) => manifest.kind === kind)?.manifest as Manifest;

  beforeAll(async () => {
    await startMocks();
    const { KubernetesLogShipper } = await import("../../components/log-shipper");
    const provider = new Provider("cluster", { kubeconfig: "k" });
    const output = { kind: "logstash" as const, hosts: ["192.0.2.12:5044"], ca: "CERTIFICATE" };
    new KubernetesLogShipper(
      "pods",
      { images: { overrides: {} }, output, dataStream: "logs-pods-test" },
      { provider },
    );
    objects = (await allDeclared())
      .filter(({ type }) => type.startsWith("kubernetes:"))
      .map(({ name, inputs }) => ({ name, manifest: inputs }));
    plane = await startControlPlane();
    await create(ofKind("Namespace"));
    await create(ofKind("ServiceAccount"));
  });

  afterAll(() => plane.stop());

  const create = (manifest: Manifest, ...flags: string[]) =>
    plane.kubectl(
      ["create", "--validate=strict", "--filename", "-", "--output", "json", ...flags],
      JSON.stringify(manifest),
    );
  const podIn = (namespace: string): Manifest => {
    const { metadata, spec } = ofKind("DaemonSet").spec.template as Manifest;
    const pod = { ...spec, serviceAccountName: namespace === space ? spec.serviceAccountName : undefined };
    return { apiVersion: "v1", kind: "Pod", metadata: { ...metadata, name: "one", namespace }, spec: pod };
  };

  it("are valid, all of them", async () => {
    const refused: string[] = [];
    const others = objects.filter(({ manifest }) => !["Namespace", "ServiceAccount"].includes(manifest.kind));
    for (const { name, manifest } of others)
      await create(manifest, "--dry-run=server").catch((error: Error) =>
        refused.push(`${name}: ${error.message}`),
      );
    expect(refused).toEqual([]);
    expect(others.map(({ manifest }) => manifest.kind).sort()).toEqual([
      "ClusterRole",
      "ClusterRoleBinding",
      "DaemonSet",
      "Secret",
    ]);
  });

  it("make a pod that its namespace admits, with a token, and that a baseline one would not", async () => {
    const admitted = JSON.parse(await create(podIn(space), "--dry-run=server")) as Manifest;
    expect(JSON.stringify(admitted.spec.volumes)).toContain("serviceAccountToken");
    expect(admitted.spec.priorityClassName).toBe("system-node-critical");
    const baseline = { "pod-security.kubernetes.io/enforce": "baseline" };
    await create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "baseline", labels: baseline } });
    await expect(create(podIn("baseline"), "--dry-run=server")).rejects.toThrow(
      /violates PodSecurity "baseline.*hostPath volumes/,
    );
  });

  it("may look up pods in any namespace, and no Secret", async () => {
    await create(ofKind("ClusterRole"));
    await create(ofKind("ClusterRoleBinding"));
    const may = (verb: string, resource: string) =>
      plane
        .kubectl([
          "auth",
          "can-i",
          verb,
          resource,
          "--all-namespaces",
          "--as",
          `system:serviceaccount:${space}:${space}`,
        ])
        .then(
          (printed) => printed.trim(),
          () => "no", // its exit code says so too
        );
    for (const resource of ["pods", "namespaces", "nodes", "replicasets.apps", "jobs.batch"])
      expect(await may("watch", resource), resource).toBe("yes");
    expect(await may("get", "secrets")).toBe("no");
    expect(await may("delete", "pods")).toBe("no");
  });
});
