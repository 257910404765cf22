import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hostFunctions } from "../hosts/functions";
import { assignments, quote } from "../hosts/shell";
import { apiFunctions } from "./api";
import { patterns } from "./data-streams";
import { type RepositoryArgs, type RetentionArgs } from "./setup";

export interface KeeperArgs {
  hostName: string;
  dataDirectory: string;
  url: string;
  nodes: number;
  receiver: "logstash" | "standin";
  retention: RetentionArgs;
  repository?: RepositoryArgs;
}

/** What of it is secret, in files of their own. */
export interface KeeperSecrets {
  ca: string;
  /** Of farmstack_keeper. */
  password: string;
  /** URL that is told when a disk is nearly full. @default none */
  webhook?: string;
}

/** The program on each host of the store; also what the day-2 commands run. */
export const keeperProgramPath = "/usr/local/sbin/farmstack-logging";

const body = readFileSync(join(__dirname, "keeper.sh"), "utf8");
const folder = (dataDirectory: string): string => `${dataDirectory}/logging/keeper`;

/** When a new index begins: so that ten at most hold what is kept. Pure. */
export const rotationOf = ({ days, maxGiB }: RetentionArgs) => ({
  conditions: {
    min_docs: 1,
    max_age: days >= 10 ? `${Math.floor(days / 10)}d` : `${Math.max(1, Math.floor((days * 24) / 10))}h`,
    max_primary_shard_size: `${Math.min(50 * 1024, Math.max(16, Math.floor((maxGiB * 1024) / 10)))}mb`,
  },
});

/** The program. Nothing secret is in it. */
export function keeperProgram(args: KeeperArgs): string {
  const { hostName, dataDirectory, url, nodes, receiver, retention, repository } = args;
  const settings = {
    host: hostName,
    folder: folder(dataDirectory),
    url,
    nodes,
    receiver,
    days: retention.days,
    max_gib: retention.maxGiB,
    rotation: JSON.stringify(rotationOf(retention)),
    backing: patterns.map((pattern) => `.ds-${pattern}`).join(","),
    repository: repository?.path ?? "",
    keep: repository?.keep ?? 14,
    snapshot: JSON.stringify({ indices: patterns.join(","), include_global_state: false }),
  };
  const start = `#!/bin/sh\nset -eu\numask 077\n${assignments(settings)}`;
  return `${start}\n${apiFunctions}\n${body}`;
}

const service = (what: string, command: string): string => `[Unit]
Description=${what}

[Service]
Type=oneshot
ExecStart=${keeperProgramPath} ${command}
`;

const timer = (what: string, when: string): string => `[Unit]
Description=${what}

[Timer]
${when}

[Install]
WantedBy=timers.target
`;

/** What runs by itself on each host, by the name of its unit; the chosen node's host does the work. */
export function keeperUnits({ repository }: Pick<KeeperArgs, "repository">): Record<string, string> {
  const every = (time: string) => `OnBootSec=5min\nOnUnitActiveSec=${time}\nRandomizedDelaySec=30`;
  const unit = (name: string, what: string, when: string) => ({
    [`farmstack-logging-${name}.service`]: service(what, name),
    [`farmstack-logging-${name}.timer`]: timer(what, when),
  });
  return {
    ...unit("retention", "Retention of the log store", every("10min")),
    ...unit("disk", "Room on the disks of the log store", every("5min")),
    ...(repository
      ? unit("snapshot", "Snapshot of the log store", `OnCalendar=*-*-* ${repository.at ?? "01:30"}:00 UTC`)
      : {}),
  };
}

/** Script that installs the program, its secrets and its timers on a host. */
export function keeperScript(args: KeeperArgs, { ca, password, webhook = "" }: KeeperSecrets): string {
  const units = keeperUnits(args);
  const names = Object.keys(units);
  const timers = names.filter((name) => name.endsWith(".timer"));
  return `${assignments({ host: args.hostName, folder: folder(args.dataDirectory), program_text: keeperProgram(args) })}
${hostFunctions}
umask 077
mkdir -p "$folder"
put "$folder/ca.pem" 0600 ${quote(ca)} || true
put "$folder/password" 0600 ${quote(password)} || true
put "$folder/webhook" 0600 ${quote(webhook)} || true
put ${keeperProgramPath} 0700 "$program_text" || true
${names.map((name) => `put /etc/systemd/system/${name} 0644 ${quote(units[name] ?? "")} || true\n`).join("")}systemctl daemon-reload
systemctl enable --quiet ${timers.join(" ")}
systemctl restart ${timers.join(" ")}
${keeperProgramPath} status
`;
}

const everyUnit = ["retention", "disk", "snapshot"].flatMap((name) => [
  `farmstack-logging-${name}.timer`,
  `farmstack-logging-${name}.service`,
]);

/** Ends what runs by itself; the events and their copies stay. */
export const keeperUndo = (dataDirectory: string): string =>
  `systemctl disable --quiet --now ${everyUnit.filter((name) => name.endsWith(".timer")).join(" ")} 2>/dev/null; rm -rf ${keeperProgramPath} ${everyUnit.map((name) => `/etc/systemd/system/${name}`).join(" ")} ${quote(folder(dataDirectory))}; systemctl daemon-reload`;
