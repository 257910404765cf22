import { formatKubernetes, isWell, kubernetesStatus, type KubernetesStatus } from "./kubernetes-status";
import { onLabHost } from "./ssh";
import { type LabHost, readLabHosts } from "./stack-file";

export interface HostStatus {
  name: string;
  address: string;
  /** sshd answers. */
  reachable: boolean;
  /** Version of the container engine; undefined while it does not run. */
  engine?: string;
  /** State of each of the stack's containers, by name: running, exited, …, or unhealthy when its own check says so. */
  containers: Record<string, string>;
}

export interface CephStatus {
  health: string;
  monitors: { expected: string[]; quorum: string[] };
  manager: { active?: string; standbys: number };
  osds: { all: number; up: number };
  /** Ranks of the file systems that are served, and servers that stand by. */
  metadataServers: { active: number; standbys: number };
}

export interface LabStatus {
  /**
   * All hosts are reachable, no container is unhealthy, all monitors in quorum, a manager active, all OSDs up, Ceph not
   * in error, Kubernetes well.
   */
  ok: boolean;
  hosts: HostStatus[];
  /** undefined when no monitor answers. */
  ceph?: CephStatus;
  /** undefined when the stack has no cluster of Kubernetes. */
  kubernetes?: KubernetesStatus;
}

/** Asks the hosts and the cluster itself; nothing is taken from the state. */
export async function labStatus(): Promise<LabStatus> {
  const known = await readLabHosts();
  const hosts = await Promise.all(known.map(hostStatus));
  const [ceph, kubernetes] = await Promise.all([cephStatus(known, hosts), kubernetesStatus(known)]);
  const ok =
    hosts.length > 0 &&
    hosts.every(({ reachable, engine }) => reachable && engine !== undefined) &&
    hosts.every(({ containers }) => !Object.values(containers).includes("unhealthy")) &&
    ceph !== undefined &&
    ceph.monitors.expected.every((name) => ceph.monitors.quorum.includes(name)) &&
    ceph.manager.active !== undefined &&
    ceph.osds.up === ceph.osds.all &&
    ceph.health !== "HEALTH_ERR" &&
    (kubernetes === undefined || isWell(kubernetes));
  return { ok, hosts, ceph, kubernetes };
}

async function hostStatus(host: LabHost): Promise<HostStatus> {
  const ask =
    "docker version --format '{{.Server.Version}}'; docker ps --all --format '{{.Names}} {{.State}} {{.Status}}'";
  const answer = await onLabHost(host, ask, { timeout: 20_000, allow: [0, 1, 127] }).catch(() => undefined);
  const [engine, ...containers] = answer?.stdout.trim().split("\n").filter(Boolean) ?? [];
  return {
    name: host.name,
    address: host.address,
    reachable: answer !== undefined,
    engine: engine && /^\d+\./.test(engine) ? engine : undefined,
    containers: Object.fromEntries(containers.map(containerState)),
  };
}

/** Name and state in a line `NAME STATE STATUS…` of `docker ps`. */
function containerState(line: string): [string, string] {
  const [name = "", state = ""] = line.split(" ");
  return [name, line.endsWith("(unhealthy)") ? "unhealthy" : state];
}

/** Asks the first monitor that answers; who should be in the quorum is what the monitors' own map says. */
async function cephStatus(known: LabHost[], hosts: HostStatus[]): Promise<CephStatus | undefined> {
  for (const host of known) {
    const container = `ceph-mon-${host.name}`;
    const state = hosts.find(({ name }) => name === host.name)?.containers[container] ?? "";
    if (!["running", "unhealthy"].includes(state)) continue;
    const ceph = async <Answer>(command: string): Promise<Answer> => {
      const line = `timeout 10 docker exec ${container} ceph --connect-timeout 5 ${command} --format json`;
      return JSON.parse((await onLabHost(host, line)).stdout) as Answer;
    };
    try {
      const { health, osdmap, fsmap } = await ceph<Status>("status");
      const { quorum_names: quorum, monmap } = await ceph<QuorumStatus>("quorum_status");
      const manager = await ceph<ManagerStatus>("mgr stat");
      return {
        health: health.status,
        monitors: { expected: monmap.mons.map(({ name }) => name), quorum },
        manager: {
          active: manager.available ? manager.active_name : undefined,
          standbys: manager.num_standby,
        },
        osds: { all: osdmap.num_osds, up: osdmap.num_up_osds },
        metadataServers: { active: fsmap.up, standbys: fsmap["up:standby"] },
      };
    } catch {
      continue; // the next monitor may answer
    }
  }
  return undefined;
}

interface Status {
  health: { status: string };
  osdmap: { num_osds: number; num_up_osds: number };
  fsmap: { up: number; "up:standby": number };
}

interface QuorumStatus {
  quorum_names: string[];
  monmap: { mons: { name: string }[] };
}

interface ManagerStatus {
  available: boolean;
  active_name: string;
  num_standby: number;
}

/** The status as a table for people. */
export function formatStatus({ ok, hosts, ceph, kubernetes }: LabStatus): string {
  if (hosts.length === 0) return "no lab on this machine; npm run lab makes one";
  const width = Math.max(...hosts.map(({ name }) => name.length));
  const rows = hosts.map(({ name, address, reachable, engine, containers }) => {
    const list = Object.entries(containers).map(([container, state]) =>
      state === "running" ? container : `${container} (${state})`,
    );
    const state = reachable ? (engine ? `docker ${engine}` : "no engine") : "unreachable";
    return `${name.padEnd(width)}  ${address.padEnd(15)}  ${state.padEnd(20)}  ${list.join(", ")}`;
  });
  const storage = ceph
    ? [
        `ceph: ${ceph.health}`,
        `  monitors: ${ceph.monitors.quorum.length} of ${ceph.monitors.expected.length} in quorum (${ceph.monitors.quorum.join(", ")})`,
        `  manager: ${ceph.manager.active ?? "none active"}, ${ceph.manager.standbys} standing by`,
        `  OSDs: ${ceph.osds.up} of ${ceph.osds.all} up`,
        `  metadata servers: ${ceph.metadataServers.active} active, ${ceph.metadataServers.standbys} standing by`,
      ]
    : ["ceph: no monitor answers"];
  return [
    ...rows,
    "",
    ...storage,
    ...formatKubernetes(kubernetes),
    "",
    ok ? "all is well" : "something is missing",
  ].join("\n");
}
