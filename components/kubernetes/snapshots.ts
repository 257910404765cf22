import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { type Host } from "../hosts";
import { hostFunctions } from "../hosts/functions";
import { assignments } from "../hosts/shell";
import { etcdFunctions } from "./etcd";

/** Snapshots of etcd, which hold all objects of the cluster, its Secrets among them. */
export interface SnapshotArgs {
  /** Directory on the control planes, best one that other machines have too, such as on a CephFS mount. */
  directory: string;
  /** Time between two, as systemd writes it. @default 6h */
  every?: string;
  /** How many each control plane keeps. @default 28 */
  keep?: number;
}

const unit = "farmstack-etcd-snapshot";
const program = `/usr/local/sbin/${unit}`;
const body = readFileSync(join(__dirname, "snapshot.sh"), "utf8");

/** The program that saves a snapshot on a host. */
export function snapshotProgram(host: string, { directory, keep = 28 }: SnapshotArgs): string {
  const [shebang = "", ...rest] = body.split("\n");
  const start = "set -eu\numask 077\nPATH=$PATH:/usr/local/bin\n";
  return `${shebang}\n${start}${assignments({ host, directory, keep })}${etcdFunctions}${rest.join("\n")}`;
}

const service = `[Unit]
Description=Snapshot of etcd

[Service]
Type=oneshot
ExecStart=${program}
`;

const timer = (every: string): string => `[Unit]
Description=Snapshots of etcd

[Timer]
OnBootSec=15min
OnUnitActiveSec=${every}
RandomizedDelaySec=60

[Install]
WantedBy=timers.target
`;

/** Script that installs the program and its timer on a control plane, and takes the first snapshot. */
export function snapshotsScript(host: string, args: SnapshotArgs): string {
  return `${assignments({ host, program_text: snapshotProgram(host, args), service, timer: timer(args.every ?? "6h") })}
${hostFunctions}
put ${program} 0700 "$program_text" || true
put /etc/systemd/system/${unit}.service 0644 "$service" || true
put /etc/systemd/system/${unit}.timer 0644 "$timer" || true
systemctl daemon-reload
systemctl enable --quiet ${unit}.timer
systemctl restart ${unit}.timer
systemctl start ${unit}.service || fail "no snapshot could be saved: journalctl -u ${unit} -n 20"
echo "snapshots: on"
`;
}

/** Stops the snapshots of a host; those that there are stay. */
const undo = `systemctl disable --quiet --now ${unit}.timer; rm -f ${program} /etc/systemd/system/${unit}.service /etc/systemd/system/${unit}.timer; systemctl daemon-reload`;

/** Saves snapshots on each control plane, again and again. */
export function createSnapshots(
  cluster: string,
  controlPlane: Host[],
  args: SnapshotArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  for (const host of controlPlane)
    host.run(`${cluster}-snapshots`, { script: snapshotsScript(host.hostName, args), undo }, opts);
}
