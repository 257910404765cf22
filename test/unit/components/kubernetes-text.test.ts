import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { haproxyCfg, keepalivedConf } from "../../../components/kubernetes/endpoint";
import { flannelManifest } from "../../../components/kubernetes/flannel";
import {
  clusterConfiguration,
  documents,
  initConfiguration,
  joinConfiguration,
} from "../../../components/kubernetes/kubeadm-config";
import { serverOf } from "../../../components/kubernetes/kubeconfig";
import { containerdToml } from "../../../components/kubernetes/node";

const servers = [
  { name: "a", address: "192.0.2.11" },
  { name: "b", address: "192.0.2.12" },
];
const cluster = {
  version: "1.34.1",
  endpoint: "192.0.2.20:8443",
  podNetwork: "10.244.0.0/16",
  serviceNetwork: "10.96.0.0/12",
  imageRepository: "registry.example:5000/registry.k8s.io",
  dnsRepository: "registry.example:5000/registry.k8s.io/coredns",
  imageTags: { etcd: "3.6.5-0" },
  controlPlane: servers,
};
const node = servers[0]!;
const join = { endpoint: cluster.endpoint, caHash: "sha256:abc", token: "t.s" };

describe("kubeadm's configuration", () => {
  it("is of the cluster and its first node", () => {
    expect(documents(initConfiguration(node, false), clusterConfiguration(cluster))).toMatchSnapshot();
  });

  it("lets control planes have pods where there are no workers", () => {
    expect(initConfiguration(node, true)).toMatchObject({ nodeRegistration: { taints: [] } });
    expect(initConfiguration(node, false)).not.toHaveProperty("nodeRegistration.taints");
    const controlPlane = { ...join, certificateKey: "k" };
    expect(joinConfiguration(node, { ...controlPlane, takesPods: true })).toHaveProperty(
      "nodeRegistration.taints",
      [],
    );
    expect(joinConfiguration(node, { ...join, takesPods: true })).not.toHaveProperty(
      "nodeRegistration.taints",
    );
  });

  it("of a control plane that joins has the key of the certificates, of a worker not", () => {
    expect(
      documents(joinConfiguration(node, { ...join, certificateKey: "k", takesPods: false })),
    ).toMatchSnapshot();
    expect(joinConfiguration(node, { ...join, takesPods: false })).not.toHaveProperty("controlPlane");
  });

  it("has as many documents as parts", () => {
    expect(parseAllDocuments(documents({ a: 1 }, { b: 2 })).map((one) => one.toJS() as unknown)).toEqual([
      { a: 1 },
      { b: 2 },
    ]);
  });
});

describe("files of a node", () => {
  it("are containerd's settings", () => {
    expect(containerdToml("registry.example/pause:3")).toMatchSnapshot();
  });

  it("are the balancer's and the moving address's, where there is one", () => {
    expect(haproxyCfg(8443, servers)).toMatchSnapshot();
    expect(keepalivedConf("192.0.2.20", node, servers)).toMatchSnapshot();
    expect(keepalivedConf("192.0.2.20", servers[1]!, servers)).toContain("priority 149");
  });
});

describe("flannel", () => {
  it("is rendered with the stack's images and network", () => {
    expect(
      flannelManifest({ podNetwork: "10.244.0.0/16", image: "flannel:1", pluginImage: "plugin:1" }),
    ).toMatchSnapshot();
  });
});

describe("the server of a kubeconfig", () => {
  const config = (context: string) => `current-context: ${context}
contexts: [{ name: a, context: { cluster: one } }, { name: b, context: { cluster: two } }]
clusters: [{ name: one, cluster: { server: "https://one:6443" } }, { name: two, cluster: { server: "https://two:6443" } }]
`;

  it("is that of its current context", () => {
    expect(serverOf(config("b"))).toBe("https://two:6443");
  });

  it.each([config("c"), "", "{}"])("is missed", (text) => {
    expect(() => serverOf(text)).toThrow("no current context with a server");
  });
});
