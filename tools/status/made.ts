import { hostsOf as machinesOf } from "../diagram/hosts";
import { type StackState, type StateResource } from "../state";
import { certificatesOf, type CertificateStatus } from "./certificates";
import { type WorkloadName } from "./workloads";

/** What the last `pulumi up` left, as the stack's state has it. */
export interface Made {
  /** Addresses of the hosts, by name. */
  hosts: Record<string, string>;
  /** Names of the containers, by the host's name. */
  containers: Record<string, string[]>;
  /** Names of the hosts with a monitor of Ceph. */
  monitors: string[];
  /** Names of the nodes of Kubernetes; undefined: there is no cluster, or one of which the stack knows none. */
  nodes: string[] | undefined;
  databases: string[];
  webApps: string[];
  /** All Deployments, StatefulSets and DaemonSets, also those of the platform itself. */
  workloads: WorkloadName[];
  /** Those that the program made itself. */
  certificates: CertificateStatus[];
  /** What to type to see how a component is, by a name for it. */
  healthCommands: Record<string, string>;
}

/** Pure. */
export function madeOf(state: StackState): Made {
  const { outputs } = state;
  const names = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);
  const group = (value: unknown) => (value ?? {}) as Record<string, string>;
  const nodes = names(outputs.kubernetesNodes);
  return {
    hosts: group(outputs.hostAddresses),
    containers: Object.fromEntries(
      machinesOf(state).map(({ name, groups }) => [
        name,
        groups
          .filter(({ component }) => component !== "kubernetes")
          .flatMap(({ items }) => items.map((item) => item.name)),
      ]),
    ),
    monitors: names(outputs.cephMonitors),
    nodes: nodes.length > 0 ? nodes : undefined,
    databases: Object.keys(group(outputs.databaseUrls)),
    webApps: Object.keys(group(outputs.webAppUrls)),
    workloads: state.resources.flatMap(workloadOf),
    certificates: certificatesOf(state),
    healthCommands: healthCommandsOf(outputs),
  };
}

function workloadOf({ type, inputs }: StateResource): WorkloadName[] {
  const [, kind] = /^kubernetes:apps\/v1:(Deployment|StatefulSet|DaemonSet)$/.exec(type) ?? [];
  const { name, namespace = "default" } = (inputs.metadata ?? {}) as { name?: string; namespace?: string };
  return kind && name ? [{ kind, namespace, name }] : [];
}

/** `loggingHealthCommand` → logging; `databaseHealthCommands: { store }` → database store. */
function healthCommandsOf(outputs: Record<string, unknown>): Record<string, string> {
  const found = Object.entries(outputs).flatMap(([output, value]): [string, unknown][] => {
    const [, what, several] = /^(.+)HealthCommand(s?)$/.exec(output) ?? [];
    if (what === undefined) return [];
    return several
      ? Object.entries((value ?? {}) as Record<string, unknown>).map(([name, command]) => [
          `${what} ${name}`,
          command,
        ])
      : [[what, value]];
  });
  return Object.fromEntries(found.filter((pair): pair is [string, string] => typeof pair[1] === "string"));
}
