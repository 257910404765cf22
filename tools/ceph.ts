import { InvalidArgumentError } from "commander";
import { backup, backupExitCode, renderBackup } from "./ceph/backup";
import { drain, drainExitCode, renderDrain } from "./ceph/drain";
import { renderRestore, restore } from "./ceph/restore";
import { renderRotate, rotate } from "./ceph/rotate";
import { readStatus, statusExitCode } from "./ceph/status";
import { renderStatus } from "./ceph/status-text";
import { commandLine, ofStack, stackOf, start, withResult } from "./command-line";
import { interruption, print } from "./terminal";

// `npm run ceph -- COMMAND`: day-2 work on the Ceph cluster of a stack. This file only parses.

export const ceph = ofStack(
  commandLine(
    "ceph",
    "Day-2 work on the Ceph cluster of a stack. It reads the stack's file and reaches the hosts by ssh.",
  ),
);

const command = (name: string, description: string, codes: string, notes?: string) =>
  withResult(ceph.command(name).description(description), codes, notes);

command(
  "status",
  "health, quorum, managers, OSDs by host and device, file systems",
  "0 HEALTH_OK; 2 HEALTH_WARN; 3 HEALTH_ERR",
).action(async ({ json }: { json: boolean }) => {
  const report = await readStatus(await stackOf(ceph));
  print(json, report, renderStatus(report));
  process.exitCode = statusExitCode(report);
});

command(
  "drain",
  "moves all data off an OSD, and waits until the cluster can do without it",
  "0 drained, or marked in again; 2 refused, nothing was changed; 3 not drained within the timeout; 130 Ctrl-C, the cluster goes on",
)
  .argument("<host>", "name of the host")
  .argument("<device>", "device or file of the OSD, as in ceph.osds")
  .option("--undo", "mark it in again, and don't wait", false)
  .option(
    "--timeout <seconds>",
    "longest time to wait; the cluster goes on afterwards (default: none)",
    seconds,
  )
  .action(
    async (host: string, device: string, options: { undo: boolean; timeout?: number; json: boolean }) => {
      const result = await drain(await stackOf(ceph), { host, device, ...options, signal: interruption() });
      print(options.json, result, renderDrain(result));
      process.exitCode = drainExitCode(result);
    },
  );

command(
  "backup",
  "saves what can't be made again: the stack's state and file, and a monitor's store",
  "0 all saved; 2 refused, nothing was changed; 3 saved without the state, as there is no Pulumi CLI; 130 Ctrl-C, nothing was kept",
  "FARMSTACK_PULUMI is the default of --pulumi.",
)
  .argument("<directory>", "directory to make for it; it must not be there yet")
  .option(
    "--pulumi <command>",
    "the Pulumi CLI, with its first arguments",
    process.env.FARMSTACK_PULUMI ?? "pulumi",
  )
  .option("--allow-interruption", "stop the only monitor for a moment; clients wait meanwhile", false)
  .action(
    async (directory: string, options: { pulumi: string; allowInterruption: boolean; json: boolean }) => {
      const result = await backup(await stackOf(ceph), { directory, ...options, signal: interruption() });
      print(options.json, result, renderBackup(result));
      process.exitCode = backupExitCode(result);
    },
  );

command(
  "restore",
  "after all monitors' stores were lost: puts the saved one in the place of each",
  "0 restored; 2 refused, nothing was changed",
)
  .argument("<directory>", "directory that backup made")
  .option(
    "--older-maps",
    "go on although OSDs have newer maps than the backup (see docs/backup.md first)",
    false,
  )
  .action(async (directory: string, { olderMaps, json }: { olderMaps: boolean; json: boolean }) => {
    const result = await restore(await stackOf(ceph), { directory, olderMaps });
    print(json, result, renderRestore(result));
  });

command(
  "rotate",
  "raises the number of a client's key in the stack's file; the next pulumi up makes the new key",
  "0 written; 2 there is no such client, nothing was changed",
)
  .argument("<client>", "name of the client, as in ceph.clients")
  .action(async (client: string, { json }: { json: boolean }) => {
    const stack = await stackOf(ceph);
    const result = await rotate(stack, client);
    print(json, result, renderRotate(result, stack.name));
  });

function seconds(text: string): number {
  if (!/^[1-9]\d*$/.test(text))
    throw new InvalidArgumentError("expected a whole number of seconds, at least 1");
  return Number(text);
}

start(ceph, module);
