import { type types } from "@pulumi/kubernetes";

export type NetworkPolicySpec = types.input.networking.v1.NetworkPolicySpec;
type Peer = types.input.networking.v1.NetworkPolicyPeer;
type Port = types.input.networking.v1.NetworkPolicyPort;

/** Pods with these labels in the namespace of that name; the label is set by Kubernetes itself. */
export const inNamespace = (name: string, matchLabels: Record<string, string>): Peer => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
  podSelector: { matchLabels },
});

/** A port by TCP. */
export const tcp = (port: number): Port => ({ protocol: "TCP", port });

/** Nothing goes in or out, unless another policy allows it. */
export const denyAll: NetworkPolicySpec = { podSelector: {}, policyTypes: ["Ingress", "Egress"] };

/** The way to the cluster's DNS. */
export const toDns: types.input.networking.v1.NetworkPolicyEgressRule = {
  to: [inNamespace("kube-system", { "k8s-app": "kube-dns" })],
  ports: [
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ],
};

/** All pods may ask the cluster's DNS, and no other. */
export const dnsEgress: NetworkPolicySpec = { podSelector: {}, policyTypes: ["Egress"], egress: [toDns] };
