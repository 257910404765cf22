import { kubectl } from "../kubernetes/kubectl";
import { hostsOf, type Stack } from "../stack";
import {
  certificateProblems,
  type CertificateStatus,
  formatCertificates,
  kubeadmCertificates,
} from "./certificates";
import { cephIsWell, cephStatus, type CephStatus, formatCeph } from "./ceph";
import { commandStatus, type CommandStatus } from "./commands";
import { hostStatus, type HostStatus } from "./hosts";
import { formatKubernetes, isWell, kubernetesStatus, type KubernetesStatus } from "./kubernetes";
import { type Made } from "./made";
import { type Applications } from "./workloads";

export interface StackStatus {
  stack: string;
  /**
   * All hosts are reachable and their containers run, all monitors in quorum, a manager active, all OSDs up, Ceph not in
   * error, Kubernetes well, no certificate ends within 30 days, and no component's own command says otherwise.
   */
  ok: boolean;
  hosts: HostStatus[];
  /** undefined when no monitor answers. */
  ceph?: CephStatus;
  /** undefined when the stack has no cluster of Kubernetes. */
  kubernetes?: KubernetesStatus;
  /** Components that are known by a command alone. */
  commands: CommandStatus[];
  /** Those that the stack's state has, and kubeadm's on the control planes. */
  certificates: CertificateStatus[];
  /** What is wrong on the hosts and with certificates, each with what to type next. */
  problems: string[];
}

/** Components that are asked in other ways. */
const known = /^(ceph|kubernetes|database .+|webApp .+)$/;

/**
 * Asks hosts, clusters and components how they are.
 * @param made what should be there; undefined: what the stack's file says, and whatever containers there are
 */
export async function stackStatus(stack: Stack, made?: Made): Promise<StackStatus> {
  const { settings } = stack;
  const names = made ? Object.keys(made.hosts) : settings.hosts.map(({ name }) => name);
  const reached = hostsOf(stack, names);
  const monitors = made?.monitors ?? settings.ceph.monitors;
  const commands = Object.entries(made?.healthCommands ?? {}).filter(([name]) => !known.test(name));
  const [hosts, ceph, kubernetes, said, kubeadm] = await Promise.all([
    Promise.all(reached.map((host) => hostStatus(host, stack.name))),
    cephStatus(stack, monitors),
    hasKubernetes(stack, made) ? kubernetesStatus(planOf(stack, made)) : undefined,
    Promise.all(commands.map(([name, command]) => commandStatus(stack, name, command))),
    hasKubernetes(stack, made) ? kubeadmCertificates(stack, controlPlanesOf(stack, made)) : [],
  ]);
  const certificates = [...(made?.certificates ?? []), ...kubeadm];
  const unknown = names.filter((name) => !reached.some((host) => host.name === name));
  const problems = [
    ...unknown.map(
      (name) => `${name} is in the state and not in ${stack.file}: pulumi up removes it, or add it again`,
    ),
    ...hosts.flatMap((host) => hostProblems(host, made?.containers[host.name])),
    ...certificateProblems(certificates, new Date()),
  ];
  const ok =
    hosts.length > 0 &&
    problems.length === 0 &&
    ceph !== undefined &&
    cephIsWell(ceph) &&
    (kubernetes === undefined || isWell(kubernetes)) &&
    said.every(({ well }) => well);
  return { stack: stack.name, ok, hosts, ceph, kubernetes, commands: said, certificates, problems };
}

/** What is wrong on a host. Pure. `expected`: names of its containers, as far as they are known. */
export function hostProblems(
  { name, reachable, problem, engine, containers }: HostStatus,
  expected: string[] = [],
): string[] {
  if (!reachable) return [problem ?? `${name} can't be reached`];
  if (engine === undefined)
    return [`${name} has no engine that answers: systemctl status docker, or pulumi up`];
  const gone = expected.filter((container) => !(container in containers));
  return [
    ...Object.entries(containers).flatMap(([container, state]) => {
      if (state === "running") return [];
      const next = state === "unhealthy" ? `docker logs --tail 50 ${container}` : `docker start ${container}`;
      return [`${container} on ${name} is ${state}: ${next}`];
    }),
    ...gone.map((container) => `${container} on ${name} is gone: pulumi up --refresh makes it again`),
  ];
}

function hasKubernetes({ settings: { kubernetes } }: Stack, made: Made | undefined): boolean {
  if (kubernetes.kubeconfigFile !== undefined) return true;
  return made ? made.nodes !== undefined : kubernetes.controlPlane.length > 0;
}

/** Hosts with certificates of kubeadm: none of a cluster that was there before. */
function controlPlanesOf({ settings: { kubernetes } }: Stack, made: Made | undefined): string[] {
  if (kubernetes.kubeconfigFile !== undefined) return [];
  return kubernetes.controlPlane.filter((name) => made?.nodes?.includes(name) ?? true);
}

function planOf(stack: Stack, made: Made | undefined) {
  const { kubernetes, hosts } = stack.settings;
  const declared = kubernetes.kubeconfigFile
    ? undefined
    : [...kubernetes.controlPlane, ...kubernetes.workers];
  return {
    nodes: made ? made.nodes : declared,
    applications: applicationsOf(stack, made),
    entrance: hosts.find(({ name }) => name === kubernetes.controlPlane[0])?.address,
    kubectl: (args: string[]) => kubectl(stack, args),
  };
}

function applicationsOf({ settings }: Stack, made: Made | undefined): Applications {
  const isMade = (names: string[] | undefined) => (one: { name: string }) =>
    names?.includes(one.name) ?? true;
  return {
    namespaces: settings.namespaces.map(({ name }) => name),
    databases: settings.databases.filter(isMade(made?.databases)),
    webApps: settings.webApps.filter(isMade(made?.webApps)),
    others: made?.workloads ?? [],
  };
}

/** The status as a table for people. */
export function formatStatus(status: StackStatus): string {
  const { ok, hosts, ceph, kubernetes, commands, certificates, problems } = status;
  const width = Math.max(0, ...hosts.map(({ name }) => name.length));
  const rows = hosts.map(({ name, address, reachable, engine, containers }) => {
    const list = Object.entries(containers).map(([container, state]) =>
      state === "running" ? container : `${container} (${state})`,
    );
    const state = reachable ? (engine ? `docker ${engine}` : "no engine") : "unreachable";
    return `${name.padEnd(width)}  ${address.padEnd(15)}  ${state.padEnd(20)}  ${list.join(", ")}`.trimEnd();
  });
  return [
    ...rows,
    "",
    ...formatCeph(ceph),
    ...formatKubernetes(kubernetes),
    ...commands.flatMap(({ name, well, said, command }) => [
      "",
      `${name}: ${well ? said : `FAILED: ${said}`}`,
      ...(well ? [] : [`  Look at: ${command}`]),
    ]),
    ...formatCertificates(certificates, new Date()),
    "",
    ...problems.map((problem) => `! ${problem}`),
    ok ? "all is well" : "something is missing",
  ].join("\n");
}
