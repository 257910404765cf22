import { type OsdStatus, type StatusReport } from "./status";
import { table } from "../table";

/** A report for people. */
export function renderStatus(report: StatusReport): string {
  const { health, monitors, managers, osds, filesystems, standbys, problems } = report;
  const rows = [
    ["health", health.status],
    ...health.checks.map(({ code, message }) => ["", `${code}: ${message}`]),
    ["monitors", monitors.map(({ name, state }) => `${name} ${state}`).join(", ")],
    ["managers", `${managers.active ?? "none"} active${standing(managers.standbys)}`],
    ...filesystems.map(({ name, servers }, index) => [
      index === 0 ? "CephFS" : "",
      `${name}: ${servers.map((server) => `${server.name} ${server.state}`).join(", ") || "no metadata server"}`,
    ]),
    ...(standbys.length > 0 ? [["", `standby: ${standbys.join(", ")}`]] : []),
  ];
  return [
    table(rows),
    "",
    table([["OSD", "host", "device", "state", "used"], ...osds.map(osdRow)]),
    ...problems.map((problem) => `! ${problem}`),
  ].join("\n");
}

const standing = (names: string[]): string => (names.length > 0 ? `, standby: ${names.join(", ")}` : "");

const osdRow = ({ number, host, device, up, in: isIn, usedPercent }: OsdStatus): string[] => [
  String(number),
  host ?? "?",
  device ?? "?",
  `${up ? "up" : "DOWN"}, ${isIn ? "in" : "OUT"}`,
  usedPercent === undefined ? "-" : `${usedPercent} %`,
];
