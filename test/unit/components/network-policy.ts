import { type types } from "@pulumi/kubernetes";

type Spec = types.input.networking.v1.NetworkPolicySpec;
type Peer = types.input.networking.v1.NetworkPolicyPeer;
type Port = types.input.networking.v1.NetworkPolicyPort;
type Labels = Record<string, string>;

/** A policy, and the namespace that it is in. */
export interface Policy {
  namespace: string;
  spec: Spec;
}

export interface Pod {
  namespace: string;
  labels: Labels;
}

/**
 * Whether policies let a connection through, as Kubernetes' documentation has it: a pod that no policy selects for a
 * direction is open in it, one that some select has what any of them allows. Both ends have to agree. Of selectors it
 * knows `matchLabels`, of ports numbers, of namespaces their names: what the components use, and throws for the rest.
 */
export function reaches(policies: Policy[], from: Pod, to: Pod, port: number, protocol = "TCP"): boolean {
  const allowed = (direction: "Ingress" | "Egress", pod: Pod, other: Pod) => {
    const concerned = policies.filter(
      ({ namespace, spec }) =>
        namespace === pod.namespace &&
        (spec.policyTypes as string[]).includes(direction) &&
        selects(spec.podSelector, pod.labels),
    );
    const rules = concerned.flatMap(({ namespace, spec }) =>
      direction === "Ingress"
        ? ((spec.ingress ?? []) as types.input.networking.v1.NetworkPolicyIngressRule[]).map((rule) => ({
            namespace,
            peers: rule.from,
            ports: rule.ports,
          }))
        : ((spec.egress ?? []) as types.input.networking.v1.NetworkPolicyEgressRule[]).map((rule) => ({
            namespace,
            peers: rule.to,
            ports: rule.ports,
          })),
    );
    return (
      concerned.length === 0 ||
      rules.some(
        ({ namespace, peers, ports }) =>
          (peers === undefined || (peers as Peer[]).some((peer) => isPeer(peer, other, namespace))) &&
          (ports === undefined || (ports as Port[]).some((one) => isPort(one, port, protocol))),
      )
    );
  };
  return allowed("Egress", from, to) && allowed("Ingress", to, from);
}

function isPeer({ podSelector, namespaceSelector, ...others }: Peer, pod: Pod, namespace: string): boolean {
  if (Object.keys(others).length > 0) throw new Error(`not known here: ${Object.keys(others).join(", ")}`);
  const inside =
    namespaceSelector === undefined
      ? pod.namespace === namespace
      : selects(namespaceSelector, { "kubernetes.io/metadata.name": pod.namespace });
  return inside && selects(podSelector ?? {}, pod.labels);
}

function selects(selector: unknown, labels: Labels): boolean {
  const { matchLabels = {}, ...others } = selector as { matchLabels?: Labels };
  if (Object.keys(others).length > 0) throw new Error(`not known here: ${Object.keys(others).join(", ")}`);
  return Object.entries(matchLabels).every(([label, value]) => labels[label] === value);
}

const isPort = ({ port, protocol = "TCP" }: Port, wanted: number, by: string) =>
  (port === undefined || port === wanted) && protocol === by;
