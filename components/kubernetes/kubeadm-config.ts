import { stringify } from "yaml";

/** What all nodes of a cluster have in common. */
export interface ClusterConfig {
  /** Such as `1.34.1`. */
  version: string;
  /** `host:port` at which every node reaches the API. */
  endpoint: string;
  podNetwork: string;
  serviceNetwork: string;
  imageRepository: string;
  /** Where CoreDNS's image is, when not directly below `imageRepository`. */
  dnsRepository?: string;
  /** Tags that stand for those that kubeadm would ask for. */
  imageTags: { etcd?: string; coredns?: string };
  /** Names and addresses of the control planes; the API's certificate is for all of them. */
  controlPlane: { name: string; address: string }[];
}

export interface NodeConfig {
  name: string;
  address: string;
}

const api = "kubeadm.k8s.io/v1beta4";
const criSocket = "unix:///run/containerd/containerd.sock";

/** Documents of kubeadm's configuration, as one text. */
export const documents = (...parts: object[]): string =>
  parts.map((part) => stringify(part, { lineWidth: 0 })).join("---\n");

/** https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/#kubeadm-k8s-io-v1beta4-ClusterConfiguration */
export function clusterConfiguration(args: ClusterConfig): object {
  const { imageTags, dnsRepository } = args;
  const [endpointHost = ""] = args.endpoint.split(/:(?=\d+$)/);
  const names = [endpointHost, ...args.controlPlane.flatMap(({ name, address }) => [name, address])];
  return {
    apiVersion: api,
    kind: "ClusterConfiguration",
    kubernetesVersion: `v${args.version}`,
    controlPlaneEndpoint: args.endpoint,
    imageRepository: args.imageRepository,
    networking: { podSubnet: args.podNetwork, serviceSubnet: args.serviceNetwork },
    apiServer: { certSANs: [...new Set([...names, "localhost", "127.0.0.1"])] },
    etcd: { local: { dataDir: "/var/lib/etcd", ...(imageTags.etcd ? { imageTag: imageTags.etcd } : {}) } },
    dns: {
      ...(dnsRepository ? { imageRepository: dnsRepository } : {}),
      ...(imageTags.coredns ? { imageTag: imageTags.coredns } : {}),
    },
  };
}

const registration = ({ name, address }: NodeConfig) => ({
  name,
  criSocket,
  kubeletExtraArgs: [{ name: "node-ip", value: address }],
});

/**
 * For the first control plane. The token that kubeadm makes is of no use to anybody, and gone in a moment: those who
 * join later get one of their own.
 * @param takesPods no other host would: there are no workers
 */
export const initConfiguration = (node: NodeConfig, takesPods: boolean): object => ({
  apiVersion: api,
  kind: "InitConfiguration",
  bootstrapTokens: [{ ttl: "1m0s" }],
  localAPIEndpoint: { advertiseAddress: node.address, bindPort: 6443 },
  nodeRegistration: { ...registration(node), ...(takesPods ? { taints: [] } : {}) },
});

export interface JoinConfig {
  endpoint: string;
  /** `sha256:…` of the cluster's certificate authority. */
  caHash: string;
  /** Bootstrap token, a secret. */
  token: string;
  /** Key with which the certificates were uploaded, for a control plane; a secret. */
  certificateKey?: string;
  takesPods: boolean;
}

export const joinConfiguration = (node: NodeConfig, join: JoinConfig): object => ({
  apiVersion: api,
  kind: "JoinConfiguration",
  discovery: {
    bootstrapToken: { apiServerEndpoint: join.endpoint, token: join.token, caCertHashes: [join.caHash] },
  },
  ...(join.certificateKey
    ? {
        controlPlane: {
          certificateKey: join.certificateKey,
          localAPIEndpoint: { advertiseAddress: node.address, bindPort: 6443 },
        },
      }
    : {}),
  nodeRegistration: {
    ...registration(node),
    ...(join.certificateKey && join.takesPods ? { taints: [] } : {}),
  },
});

/** For `kubeadm init phase upload-certs`. */
export const uploadConfiguration = (version: string, certificateKey: string): string =>
  documents(
    { apiVersion: api, kind: "InitConfiguration", certificateKey },
    { apiVersion: api, kind: "ClusterConfiguration", kubernetesVersion: `v${version}` },
  );
