import { type Stack } from "../stack";
import { table } from "../table";
import { askKeeper } from "./keeper";

export interface LoggingStatus {
  stack: string;
  health: string;
  /** Nodes that are there, and that there should be. */
  nodes: { there: number; wanted: number };
  version: string;
  /** logstash, or standin: what stands in for it. */
  receiver: string;
  /** Who removes what is too old: Elasticsearch's own lifecycle, or a timer of the hosts. */
  age: { by: string; days: number };
  /** What is too much is always removed by the timer. */
  maxGiB: number;
  snapshots: { by: string; keep: number };
  streams: { name: string; indices: number; bytes: number }[];
  disks: { node: string; percent: number; freeBytes: number }[];
  /** Percent from which Elasticsearch puts no more data on a disk. */
  lowMark: number;
  /** How the timers' last runs ended, by name. */
  timers: Record<string, string>;
}

export const loggingStatus = async (stack: Stack): Promise<LoggingStatus> =>
  parseStatus(stack.name, await askKeeper(stack, ["status"]));

/** Reads what the program on the host prints. Pure. */
export function parseStatus(stack: string, printed: string): LoggingStatus {
  const lines = printed.split("\n").map((line) => line.trim().split(" "));
  const all = (key: string) => lines.filter(([first]) => first === key).map(([, ...rest]) => rest);
  const one = (key: string): string[] => all(key)[0] ?? [];
  const [health = "unknown", , there, , wanted] = one("health");
  const [ageBy = "unknown", days] = one("age");
  const [snapshotsBy = "unknown", keep] = one("snapshots");
  return {
    stack,
    health,
    nodes: { there: Number(there), wanted: Number(wanted) },
    version: one("version")[0] ?? "unknown",
    receiver: one("receiver")[0] ?? "unknown",
    age: { by: ageBy, days: Number(days) },
    maxGiB: Number(one("size")[1]),
    snapshots: { by: snapshotsBy, keep: Number(keep ?? 0) },
    streams: all("stream").map(([name = "", indices, bytes]) => ({
      name,
      indices: Number(indices),
      bytes: Number(bytes),
    })),
    disks: all("disk").map(([node = "", percent, free]) => ({
      node,
      percent: Number(percent),
      freeBytes: Number(free),
    })),
    lowMark: Number(one("mark")[0]),
    timers: Object.fromEntries(all("unit").map(([name = "", result = ""]) => [name, result])),
  };
}

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GiB`;

export function renderStatus(status: LoggingStatus): string {
  const { nodes, streams, disks, timers, age, snapshots } = status;
  const receiver = status.receiver === "standin" ? "a stand-in for Logstash" : status.receiver;
  const by = (who: string) => (who === "timer" ? "a timer of the hosts" : "Elasticsearch itself");
  const facts = [
    ["health", `${status.health}, ${nodes.there} of ${nodes.wanted} nodes, Elasticsearch ${status.version}`],
    ["receiver", receiver],
    ["older than", `${age.days} days: removed by ${by(age.by)}`],
    ["more than", `${status.maxGiB} GiB: removed by ${by("timer")}`],
    [
      "snapshots",
      snapshots.by === "none"
        ? "none: logging.repository is not set"
        : `${snapshots.keep} kept, by ${by(snapshots.by)}`,
    ],
    ...Object.entries(timers).map(([name, result]) => [
      `timer ${name}`,
      result === "success" ? "well" : `${result}: journalctl -u farmstack-logging-${name} -n 20`,
    ]),
    ...disks.map(({ node, percent, freeBytes }) => [
      `disk of ${node}`,
      `${percent} % used, ${gibibytes(freeBytes)} free${percent >= status.lowMark ? `; past the mark of ${status.lowMark} %` : ""}`,
    ]),
  ];
  const rows = streams.map(({ name, indices, bytes }) => [name, String(indices), gibibytes(bytes)]);
  return [table(facts), table([["data stream", "indices", "size"], ...rows])].join("\n\n");
}
