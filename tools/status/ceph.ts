import { Cluster } from "../ceph/cluster";
import { type Stack } from "../stack";

export interface CephStatus {
  health: string;
  /** What Ceph warns of. */
  checks: string[];
  monitors: { expected: string[]; quorum: string[] };
  manager: { active?: string; standbys: number };
  osds: { all: number; up: number };
  /** Ranks of the file systems that are served, and servers that stand by. */
  metadataServers: { active: number; standbys: number };
}

/** Asks the first monitor that answers; who should be in the quorum is what the monitors' own map says. */
export async function cephStatus(stack: Stack, monitors: string[]): Promise<CephStatus | undefined> {
  const answers = await new Cluster(stack, monitors)
    .ask<[Status, QuorumStatus, ManagerStatus]>("status", "quorum_status", "mgr stat")
    .catch(() => undefined);
  return answers && readCeph(answers);
}

/** What the monitors answered. Pure. */
export function readCeph([{ health, osdmap, fsmap }, quorum, manager]: [
  Status,
  QuorumStatus,
  ManagerStatus,
]): CephStatus {
  return {
    health: health.status,
    checks: Object.entries(health.checks ?? {}).map(([code, { summary }]) => `${code}: ${summary.message}`),
    monitors: { expected: quorum.monmap.mons.map(({ name }) => name), quorum: quorum.quorum_names },
    manager: { active: manager.available ? manager.active_name : undefined, standbys: manager.num_standby },
    osds: { all: osdmap.num_osds, up: osdmap.num_up_osds },
    metadataServers: { active: fsmap.up, standbys: fsmap["up:standby"] },
  };
}

export const cephIsWell = (ceph: CephStatus): boolean =>
  ceph.monitors.expected.every((name) => ceph.monitors.quorum.includes(name)) &&
  ceph.manager.active !== undefined &&
  ceph.osds.up === ceph.osds.all &&
  ceph.health !== "HEALTH_ERR";

interface Status {
  health: { status: string; checks?: Record<string, { summary: { message: string } }> };
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

/** Lines for people. */
export function formatCeph(ceph: CephStatus | undefined): string[] {
  if (!ceph) return ["ceph: no monitor answers"];
  const { health, checks, monitors, manager, osds, metadataServers } = ceph;
  return [
    `ceph: ${health}`,
    ...checks.map((check) => `  ${check}`),
    `  monitors: ${monitors.quorum.length} of ${monitors.expected.length} in quorum (${monitors.quorum.join(", ")})`,
    `  manager: ${manager.active ?? "none active"}, ${manager.standbys} standing by`,
    `  OSDs: ${osds.up} of ${osds.all} up`,
    `  metadata servers: ${metadataServers.active} active, ${metadataServers.standbys} standing by`,
  ];
}
