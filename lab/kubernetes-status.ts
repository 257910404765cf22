import { formatWorkload, serves, type WorkloadStatus, workloadsOf } from "./application-status";
import { onLabHost } from "./ssh";
import { type LabApplications, type LabHost, readLabApplications, readLabNodes } from "./stack-file";

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

/** Asks the first control plane that answers; undefined when the stack has no cluster. */
export async function kubernetesStatus(known: LabHost[]): Promise<KubernetesStatus | undefined> {
  const { controlPlane, workers } = await readLabNodes();
  const names = [...controlPlane, ...workers];
  if (names.length === 0) return undefined;
  const applications = await readLabApplications();
  const entrance = known.find(({ name }) => name === controlPlane[0])?.address;
  for (const host of known.filter(({ name }) => controlPlane.includes(name))) {
    const answer = await onLabHost(host, question, { timeout: 30_000 }).catch(() => undefined);
    if (answer) return readAnswer(answer.stdout, names, applications, entrance);
  }
  return { answers: false, nodes: names.map(unknownNode), dns: { wanted: 0, available: 0 }, workloads: [] };
}

const question =
  "PATH=$PATH:/usr/local/bin kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 10s get nodes,deployments,statefulsets --all-namespaces --output json";

const unknownNode = (name: string): NodeStatus => ({ name, ready: false, drained: false });

interface Item {
  kind: string;
  metadata: { name: string; namespace?: string };
  spec: { unschedulable?: boolean; replicas?: number };
  status: {
    conditions?: { type: string; status: string }[];
    nodeInfo?: { kubeletVersion: string };
    availableReplicas?: number;
  };
}

/**
 * What `kubectl get nodes,deployments,statefulsets --output json` says about the nodes of these names, CoreDNS, and what
 * the stack runs. Pure.
 * @param entrance address of the node at which pages are
 */
export function readAnswer(
  json: string,
  names: string[],
  applications: LabApplications,
  entrance: string | undefined,
): KubernetesStatus {
  const { items } = JSON.parse(json) as { items: Item[] };
  const dns = items.find(
    ({ kind, metadata }) =>
      kind === "Deployment" && metadata.namespace === "kube-system" && metadata.name === "coredns",
  );
  return {
    answers: true,
    nodes: names.map((name) => {
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
    workloads: workloadsOf(items, applications, entrance),
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
