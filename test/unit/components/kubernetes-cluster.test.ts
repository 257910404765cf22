import { beforeAll, describe, expect, it } from "vitest";
import { type KubernetesCluster } from "../../../components/kubernetes";
import { exampleHost } from "./examples";
import { dependencies, placesOf } from "./declared";
import { allDeclared, find, noteOptions, startMocks, valueOf } from "../mocks";

const remoteCommand = "command:remote:Command";

describe("KubernetesCluster", () => {
  let cluster: KubernetesCluster;

  beforeAll(async () => {
    await startMocks();
    const { Host } = await import("../../../components/hosts");
    const { KubernetesCluster } = await import("../../../components/kubernetes");
    const [a, b, c, d, e] = ["a", "b", "c", "d", "e"].map(
      (name, i) => new Host(name, exampleHost(`192.0.2.1${i + 1}`)),
    );
    cluster = new KubernetesCluster(
      "k",
      {
        controlPlane: [a!, b!, c!],
        workers: [d!, e!],
        version: "1.34.1",
        endpoint: { address: "192.0.2.20" },
        images: { mirror: "registry.example:5000", overrides: {} },
        snapshots: { directory: "/mnt/snapshots" },
      },
      { transformations: [noteOptions] },
    );
    await allDeclared();
  });

  const needs = async (name: string) => dependencies((await find(remoteCommand, name)).opts.dependsOn);
  const script = async (name: string) => (await find(remoteCommand, name)).inputs.stdin as string;

  it("gives its endpoint, its nodes and the administrator's kubeconfig", async () => {
    expect(await valueOf(cluster.endpoint)).toBe("https://192.0.2.20:8443");
    expect(cluster.nodes).toEqual(["a", "b", "c", "d", "e"]);
    expect(cluster.healthCommand).toBe(
      "ssh root@192.0.2.11 kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes --output wide",
    );
    const { inputs, opts } = await find(remoteCommand, "a-k-kubeconfig");
    expect(inputs.logging).toBe("none");
    expect(opts.additionalSecretOutputs).toContain("stdout");
  });

  it("makes the cluster on the first host, which waits for every balancer", async () => {
    expect(await needs("a-k-member")).toEqual(["a-k-node", "a-k-endpoint", "b-k-endpoint", "c-k-endpoint"]);
    expect(await script("a-k-member")).toContain("kubeadm init");
    expect(await script("a-k-member")).toContain("imageRepository: registry.example:5000/registry.k8s.io\n");
  });

  it("lets control planes join one after the other, and then the workers side by side", async () => {
    expect(await needs("b-k-member")).toEqual(["b-k-node", "a-k-invitation", "a-k-member"]);
    expect(await needs("c-k-member")).toEqual(["c-k-node", "a-k-invitation", "b-k-member"]);
    for (const worker of ["d", "e"])
      expect(await needs(`${worker}-k-member`)).toEqual([`${worker}-k-node`, "a-k-invitation", "c-k-member"]);
  });

  it("invites a host right before it joins, whenever that is", async () => {
    const hooks = async (name: string) => {
      const { beforeCreate = [], beforeUpdate = [] } = (await find(remoteCommand, name)).opts.hooks ?? {};
      return [beforeCreate, beforeUpdate].map((all) => all.map((hook) => "name" in hook && hook.name));
    };
    expect(await hooks("b-k-member")).toEqual([["k-invite-control-plane"], ["k-invite-control-plane"]]);
    expect(await hooks("d-k-member")).toEqual([["k-invite-worker"], ["k-invite-worker"]]);
    expect(await hooks("a-k-member")).toEqual([[], []]);
  });

  it("brings the nodes to their version one at a time, the first control plane first", async () => {
    expect(await needs("a-k-a-may-change")).toEqual([
      ...["a", "b", "c", "d", "e"].map((host) => `${host}-k-member`),
      "a-k-network",
    ]);
    for (const [before, host] of [
      ["a", "b"],
      ["b", "c"],
      ["c", "d"],
      ["d", "e"],
    ]) {
      expect(await needs(`a-k-${host}-may-change`)).toEqual([`a-k-${before}-back`]);
      expect(await needs(`${host}-k-version`)).toEqual([`a-k-${host}-may-change`]);
    }
    expect(await script("a-k-version")).toContain("kubeadm upgrade apply");
    expect(await script("b-k-version")).toContain("kubeadm upgrade node");
  });

  it("saves snapshots on the control planes", async () => {
    expect(await script("c-k-snapshots")).toContain("/mnt/snapshots");
    const names = (await allDeclared()).map(({ name }) => name);
    expect(names).not.toContain("d-k-snapshots");
  });

  it("takes its images from the mirror", async () => {
    expect(await script("e-k-node")).toContain(
      'sandbox_image = "registry.example:5000/registry.k8s.io/pause:3.10.1"',
    );
    expect(await script("a-k-network")).toContain("image: registry.example:5000/ghcr.io/flannel-io/flannel:");
  });

  it("keeps its secrets out of what can be read", async () => {
    const key = Buffer.alloc(32, "k-certificate-key").toString("hex");
    expect(await placesOf(key)).toEqual(["stdin"]);
    expect(await placesOf("password of k-token".slice(6))).toEqual(["stdin"]);
  });
});

describe("kubernetesOf", () => {
  it("is none without a control plane", async () => {
    const { kubernetesOf } = await import("../../../components/kubernetes");
    expect(kubernetesOf("k", { controlPlane: [], images: { overrides: {} } })).toBeUndefined();
  });
});
