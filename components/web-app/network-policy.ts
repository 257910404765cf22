import { type types } from "@pulumi/kubernetes";
import { type Input } from "@pulumi/pulumi";
import { type NetworkPolicySpec, tcp, toDns } from "../namespace";

type Peer = types.input.networking.v1.NetworkPolicyPeer;

/** Pods that may ask the app. */
export interface Source {
  /** Their namespace. @default the app's own */
  namespace?: Input<string>;
  /** Their labels. @default all of the namespace */
  labels?: Record<string, string>;
}

/** Pods that the app may ask. */
export interface Destination extends Source {
  /** TCP port that they listen on. */
  port: number;
}

export interface Reach {
  /** Labels of the app's pods. */
  pods: Record<string, string>;
  port: number;
  /** Who may ask the app; "anyone" where a node port hides who it is. */
  from: Source[] | "anyone";
  to: Destination[];
  /** Whether its requests go through Linkerd. */
  mesh: boolean;
}

/** Port at which Linkerd's proxy takes what the callers' proxies have wrapped. */
const proxyPort = 4143;

/** All that the app's pods may do on the network: be asked at their port, ask for names, and ask what is listed. */
export function policySpec({ pods, port, from, to, mesh }: Reach): NetworkPolicySpec {
  const ports = [tcp(port), ...(mesh ? [tcp(proxyPort)] : [])];
  return {
    podSelector: { matchLabels: pods },
    policyTypes: ["Ingress", "Egress"],
    ingress: from === "anyone" ? [{ ports }] : from.length === 0 ? [] : [{ from: from.map(peer), ports }],
    egress: [
      toDns,
      ...to.map((one) => ({ to: [peer(one)], ports: [tcp(one.port)] })),
      ...(mesh ? [{ to: [peer({ namespace: "linkerd" })] }] : []),
    ],
  };
}

const peer = ({ namespace, labels }: Source): Peer => ({
  ...(namespace && { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } } }),
  ...(labels || !namespace ? { podSelector: labels ? { matchLabels: labels } : {} } : {}),
});
