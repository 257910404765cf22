import { step } from "../../lab/progress";
import { Cluster } from "./cluster";
import { declaredOsds, findOsds, type FoundOsd } from "./osds";
import { type Stack } from "../stack";

/** What `status` reports. */
export interface StatusReport {
  stack: string;
  fsid: string;
  health: { status: string; checks: { code: string; severity: string; message: string }[] };
  monitors: { name: string; state: "leader" | "in quorum" | "out of quorum" }[];
  managers: { active: string | undefined; standbys: string[] };
  osds: OsdStatus[];
  filesystems: { name: string; servers: { name: string; rank: number; state: string }[] }[];
  /** Metadata servers that stand by for any file system. */
  standbys: string[];
  /** Declared OSDs that no number was found for, and hosts that could not be asked. */
  problems: string[];
}

export interface OsdStatus {
  number: number;
  up: boolean;
  in: boolean;
  /** Percent of its size; undefined when Ceph doesn't say, as for one that is out. */
  usedPercent: number | undefined;
  /** Where the stack declares it; undefined when it doesn't, or its host could not be asked. */
  host: string | undefined;
  device: string | undefined;
}

/** Asks the cluster how it is, and the hosts which OSD is whose. Throws when no monitor answers. */
export async function readStatus(stack: Stack): Promise<StatusReport> {
  return step(`asking the cluster of stack ${stack.name}`, async () => {
    const [answers, found] = await Promise.all([askAll(new Cluster(stack)), findOsds(stack)]);
    return reportOf(stack, answers, found);
  });
}

const askAll = (cluster: Cluster) =>
  cluster.ask<CephAnswers>("status", "quorum_status", "mgr dump", "osd dump", "osd df", "fs dump");

/** Exit code of `status`. */
export const statusExitCode = ({ health }: StatusReport): number =>
  health.status === "HEALTH_OK" ? 0 : health.status === "HEALTH_WARN" ? 2 : 3;

/** What Ceph (16 to 21) answers, as far as it is used. */
export type CephAnswers = [
  status: {
    fsid: string;
    health: { status: string; checks?: Record<string, { severity: string; summary: { message: string } }> };
  },
  quorum: { quorum_names: string[]; quorum_leader_name: string; monmap: { mons: { name: string }[] } },
  managers: { active_name: string; available: boolean; standbys: { name: string }[] },
  dump: { osds: { osd: number; uuid: string; up: number; in: number }[] },
  usage: { nodes: { id: number; kb: number; utilization: number }[] },
  fs: {
    standbys: { name: string }[];
    filesystems: {
      mdsmap: { fs_name: string; info: Record<string, { name: string; rank: number; state: string }> };
    }[];
  },
];

/** Pure: answers to report. */
export function reportOf(stack: Stack, answers: CephAnswers, found: FoundOsd[]): StatusReport {
  const [status, quorum, managers, dump, usage, fs] = answers;
  const stateOf = (name: string) =>
    name === quorum.quorum_leader_name
      ? "leader"
      : quorum.quorum_names.includes(name)
        ? "in quorum"
        : "out of quorum";
  return {
    stack: stack.name,
    fsid: status.fsid,
    health: {
      status: status.health.status,
      checks: Object.entries(status.health.checks ?? {}).map(([code, { severity, summary }]) => ({
        code,
        severity,
        message: summary.message,
      })),
    },
    monitors: quorum.monmap.mons.map(({ name }) => ({ name, state: stateOf(name) })),
    managers: {
      active: managers.available ? managers.active_name : undefined,
      standbys: managers.standbys.map(({ name }) => name),
    },
    osds: dump.osds.map((osd) => {
      const declared = found.find(({ uuid }) => uuid === osd.uuid);
      const used = usage.nodes.find(({ id }) => id === osd.osd);
      return {
        number: osd.osd,
        up: osd.up === 1,
        in: osd.in === 1,
        usedPercent: used && used.kb > 0 ? Number(used.utilization.toFixed(1)) : undefined,
        host: declared?.host,
        device: declared?.device,
      };
    }),
    filesystems: fs.filesystems.map(({ mdsmap }) => ({
      name: mdsmap.fs_name,
      servers: Object.values(mdsmap.info)
        .map(({ name, rank, state }) => ({ name, rank, state: state.replace(/^up:/, "") }))
        .sort((a, b) => a.rank - b.rank),
    })),
    standbys: fs.standbys.map(({ name }) => name),
    problems: [
      ...missingMonitors(stack, quorum),
      ...new Set(found.flatMap(({ problem }) => problem ?? [])),
      ...missingOsds(stack, found, dump),
    ],
  };
}

function missingMonitors({ settings }: Stack, { monmap }: CephAnswers[1]): string[] {
  const known = monmap.mons.map(({ name }) => name);
  return settings.ceph.monitors
    .filter((name) => !known.includes(name))
    .map(
      (name) => `the stack declares a monitor on ${name} that the cluster doesn't know: pulumi up makes it`,
    );
}

function missingOsds(stack: Stack, found: FoundOsd[], { osds }: CephAnswers[3]): string[] {
  return declaredOsds(stack).flatMap(({ container, host, device }) => {
    const its = found.find((osd) => osd.container === container);
    if (its?.problem !== undefined) return [];
    if (its?.uuid === undefined) return `${host} has no OSD on ${device} yet: pulumi up makes it`;
    if (!osds.some(({ uuid }) => uuid === its.uuid))
      return `the cluster doesn't know the OSD on ${device} of ${host} (${its.uuid})`;
    if (its.containerState !== "running")
      return `${container} on ${host} ${its.containerState ? `is ${its.containerState}` : "is gone"}: docker start ${container}, or pulumi up --refresh`;
    return [];
  });
}
