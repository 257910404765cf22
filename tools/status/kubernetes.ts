import { type Applications, formatWorkload, serves, type WorkloadStatus, workloadsOf } from "./workloads";

export interface NodeStatus {
  name: string;
  /** Its kubelet says that it is ready; false as well for one that the cluster does not know. */
  ready: boolean;
  /** It was drained or cordoned: it takes no new pods. */
  drained: boolean;
  /** Version of its kubelet. */
  version?: string;
}

export interface KubernetesStatus {
  /** An API server answered. */
  answers: boolean;
  /** Those that the stack asks for. */
  nodes: NodeStatus[];
  /** Pods of CoreDNS: wanted, and available. */
  dns: { wanted: number; available: number };
  /** What runs in the stack's namespaces. */
  workloads: WorkloadStatus[];
}

/** All nodes are ready and take pods, names are resolved, and what the stack runs has its pods. */
export const isWell = ({ answers, nodes, dns, workloads }: KubernetesStatus): boolean =>
  answers &&
  nodes.every(({ ready, drained }) => ready && !drained) &&
  dns.available >= Math.max(1, dns.wanted) &&
  workloads.every(serves);

/** How a stack's cluster is asked, and what it should have. */
export interface KubernetesPlan {
  /** Names of the nodes; undefined: those that the cluster has. */
  nodes: string[] | undefined;
  applications: Applications;
  /** Address of the node at which pages are. */
  entrance: string | undefined;
  /** Runs kubectl as the administrator and gives what it printed. */
  kubectl: (args: string[]) => Promise<string>;
}

/** Asks the cluster; when nobody answers, that is the answer. */
export async function kubernetesStatus({
  nodes,
  applications,
  entrance,
  kubectl,
}: KubernetesPlan): Promise<KubernetesStatus> {
  const question = "get nodes,deployments,statefulsets,daemonsets --all-namespaces --output json";
  try {
    return readAnswer(await kubectl(question.split(" ")), nodes, applications, entrance);
  } catch {
    const dns = { wanted: 0, available: 0 };
    return { answers: false, nodes: (nodes ?? []).map(unknownNode), dns, workloads: [] };
  }
}

const unknownNode = (name: string): NodeStatus => ({ name, ready: false, drained: false });

interface Item {
  kind: string;
  metadata: { name: string; namespace?: string };
  spec: { unschedulable?: boolean; replicas?: number };
  status: {
    conditions?: { type: string; status: string }[];
    nodeInfo?: { kubeletVersion: string };
    availableReplicas?: number;
    desiredNumberScheduled?: number;
    numberAvailable?: number;
  };
}

/**
 * What `kubectl get nodes,deployments,statefulsets,daemonsets --output json` says about the nodes of these names, CoreDNS, and what
 * the stack runs. Pure.
 * @param names undefined: all nodes that there are
 * @param entrance address of the node at which pages are
 */
export function readAnswer(
  json: string,
  names: string[] | undefined,
  applications: Applications,
  entrance: string | undefined,
): KubernetesStatus {
  const { items } = JSON.parse(json) as { items: Item[] };
  const found = items.filter(({ kind }) => kind === "Node").map(({ metadata }) => metadata.name);
  const dns = items.find(
    ({ kind, metadata }) =>
      kind === "Deployment" && metadata.namespace === "kube-system" && metadata.name === "coredns",
  );
  return {
    answers: true,
    nodes: (names ?? found).map((name) => {
      const node = items.find(({ kind, metadata }) => kind === "Node" && metadata.name === name);
      if (!node) return unknownNode(name);
      return {
        name,
        ready:
          node.status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false,
        drained: node.spec.unschedulable ?? false,
        version: node.status.nodeInfo?.kubeletVersion,
      };
    }),
    dns: { wanted: dns?.spec.replicas ?? 0, available: dns?.status.availableReplicas ?? 0 },
    workloads: workloadsOf(
      items.filter(({ kind }) => kind !== "Node"),
      applications,
      entrance,
    ),
  };
}

/** Lines for people. */
export function formatKubernetes(status: KubernetesStatus | undefined): string[] {
  if (!status) return [];
  if (!status.answers) return ["", "kubernetes: no API server answers"];
  const nodes = status.nodes.map(({ name, ready, drained, version }) => {
    const state = version === undefined ? "not a node" : ready ? "ready" : "not ready";
    return [`${name} ${state}`, ...(drained ? ["drained"] : []), ...(version ? [version] : [])].join(", ");
  });
  return [
    "",
    `kubernetes: ${isWell(status) ? "all nodes are ready" : "something is missing"}`,
    ...nodes.map((line) => `  ${line}`),
    `  CoreDNS: ${status.dns.available} of ${status.dns.wanted} pods`,
    ...status.workloads.map((one) => `  ${formatWorkload(one)}`),
  ];
}
