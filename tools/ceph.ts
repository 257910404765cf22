import { Command } from "commander";
import { exitCodeOf } from "./ceph/outcome";
import { openStack, type Stack, type StackChoice } from "./ceph/stack";
import { readStatus, statusExitCode } from "./ceph/status";
import { renderStatus } from "./ceph/status-text";

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

const stackOf = (): Promise<Stack> => openStack(cli.opts<StackChoice>());

/** The result goes to standard output, for people or for a program. */
function print(json: boolean, result: unknown, text: string): void {
  process.stdout.write(`${json ? JSON.stringify(result, undefined, 2) : text}\n`);
}

cli.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = exitCodeOf(error);
});
