import { Command, InvalidArgumentError } from "commander";
import { backup, backupExitCode, renderBackup } from "./ceph/backup";
import { drain, drainExitCode, renderDrain } from "./ceph/drain";
import { renderRestore, restore } from "./ceph/restore";
import { renderRotate, rotate } from "./ceph/rotate";
import { readStatus, statusExitCode } from "./ceph/status";
import { renderStatus } from "./ceph/status-text";
import { exitCodeOf } from "./outcome";
import { openStack, type Stack, type StackChoice } from "./stack";
import { interruption, print } from "./terminal";

// `npm run ceph -- COMMAND`: day-2 work on the Ceph cluster of a stack. This file only parses.

const cli = new Command("npm run ceph --")
  .description(
    "Day-2 work on the Ceph cluster of a stack. It reads the stack's file and reaches the hosts by ssh.",
  )
  .option("--stack <name>", "stack whose Pulumi.<name>.yaml is read")
  .option("--config-file <file>", "the stack's file, when it is not Pulumi.<name>.yaml here");

const codes = (text: string) =>
  `\nExit code: ${text}; 1 the stack's file has faults, nobody answered, or a step failed`;

cli
  .command("status")
  .description("health, quorum, managers, OSDs by host and device, file systems")
  .option("--json", "print the report as JSON", false)
  .addHelpText("after", `${codes("0 HEALTH_OK; 2 HEALTH_WARN; 3 HEALTH_ERR")}.`)
  .action(async ({ json }: { json: boolean }) => {
    const report = await readStatus(await stackOf());
    print(json, report, renderStatus(report));
    process.exitCode = statusExitCode(report);
  });

cli
  .command("drain")
  .description("moves all data off an OSD, and waits until the cluster can do without it")
  .argument("<host>", "name of the host")
  .argument("<device>", "device or file of the OSD, as in ceph.osds")
  .option("--undo", "mark it in again, and don't wait", false)
  .option(
    "--timeout <seconds>",
    "longest time to wait; the cluster goes on afterwards (default: none)",
    seconds,
  )
  .option("--json", "print the result as JSON", false)
  .addHelpText(
    "after",
    `${codes("0 drained, or marked in again; 2 refused, nothing was changed; 3 not drained within the timeout; 130 Ctrl-C, the cluster goes on")}.`,
  )
  .action(
    async (host: string, device: string, options: { undo: boolean; timeout?: number; json: boolean }) => {
      const result = await drain(await stackOf(), { host, device, ...options, signal: interruption() });
      print(options.json, result, renderDrain(result));
      process.exitCode = drainExitCode(result);
    },
  );

cli
  .command("backup")
  .description("saves what can't be made again: the stack's state and file, and a monitor's store")
  .argument("<directory>", "directory to make for it; it must not be there yet")
  .option(
    "--pulumi <command>",
    "the Pulumi CLI, with its first arguments",
    process.env.FARMSTACK_PULUMI ?? "pulumi",
  )
  .option("--allow-interruption", "stop the only monitor for a moment; clients wait meanwhile", false)
  .option("--json", "print the result as JSON", false)
  .addHelpText(
    "after",
    `${codes("0 all saved; 2 refused, nothing was changed; 3 saved without the state, as there is no Pulumi CLI; 130 Ctrl-C, nothing was kept")}.
FARMSTACK_PULUMI is the default of --pulumi.`,
  )
  .action(
    async (directory: string, options: { pulumi: string; allowInterruption: boolean; json: boolean }) => {
      const result = await backup(await stackOf(), { directory, ...options, signal: interruption() });
      print(options.json, result, renderBackup(result));
      process.exitCode = backupExitCode(result);
    },
  );

cli
  .command("restore")
  .description("after all monitors' stores were lost: puts the saved one in the place of each")
  .argument("<directory>", "directory that backup made")
  .option(
    "--older-maps",
    "go on although OSDs have newer maps than the backup (see docs/backup.md first)",
    false,
  )
  .option("--json", "print the result as JSON", false)
  .addHelpText("after", `${codes("0 restored; 2 refused, nothing was changed")}.`)
  .action(async (directory: string, { olderMaps, json }: { olderMaps: boolean; json: boolean }) => {
    const result = await restore(await stackOf(), { directory, olderMaps });
    print(json, result, renderRestore(result));
  });

cli
  .command("rotate")
  .description(
    "raises the number of a client's key in the stack's file; the next pulumi up makes the new key",
  )
  .argument("<client>", "name of the client, as in ceph.clients")
  .option("--json", "print the result as JSON", false)
  .addHelpText("after", `${codes("0 written; 2 there is no such client, nothing was changed")}.`)
  .action(async (client: string, { json }: { json: boolean }) => {
    const stack = await stackOf();
    const result = await rotate(stack, client);
    print(json, result, renderRotate(result, stack.name));
  });

function seconds(text: string): number {
  if (!/^[1-9]\d*$/.test(text))
    throw new InvalidArgumentError("expected a whole number of seconds, at least 1");
  return Number(text);
}

const stackOf = (): Promise<Stack> => openStack(cli.opts<StackChoice>());

cli.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = exitCodeOf(error);
});
