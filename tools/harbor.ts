import { Command } from "commander";
import { backup, renderBackup } from "./harbor/backup";
import { renderRestore, restore } from "./harbor/restore";
import { renderRotate, rotate } from "./harbor/rotate";
import { readStatus, renderStatus, statusExitCode } from "./harbor/status";
import { exitCodeOf } from "./outcome";
import { openStack, type Stack, type StackChoice } from "./stack";
import { ask, interruption, print } from "./terminal";

// `npm run harbor -- COMMAND`: day-2 work on the Harbor of a stack. This file only parses.

const cli = new Command("npm run harbor --")
  .description("Day-2 work on the Harbor of a stack. It reads the stack's file and reaches the host by ssh.")
  .option("--stack <name>", "stack whose Pulumi.<name>.yaml is read")
  .option("--config-file <file>", "the stack's file, when it is not Pulumi.<name>.yaml here");

const codes = (text: string) =>
  `\nExit code: ${text}; 1 the stack's file has faults, nobody answered, or a step failed`;
const refused = "2 refused, nothing was changed";

cli
  .command("status")
  .description("its version, its containers, what it says of itself, and when it was saved")
  .option("--json", "print the report as JSON", false)
  .addHelpText("after", `${codes("0 all is well; 2 something is not")}.`)
  .action(async ({ json }: { json: boolean }) => {
    const report = await readStatus(await stackOf());
    print(json, report, renderStatus(report));
    process.exitCode = statusExitCode(report);
  });

cli
  .command("backup")
  .description("saves the database, its key and the list of layers; an upgrade asks for one")
  .argument("<directory>", "directory to make for it; it must not be there yet")
  .option("--database-saved", "a database that is not Harbor's own was saved by its own means", false)
  .option("--json", "print the result as JSON", false)
  .addHelpText("after", `${codes(`0 saved; ${refused}; 130 Ctrl-C, nothing was kept`)}.`)
  .action(async (directory: string, options: { databaseSaved: boolean; json: boolean }) => {
    const result = await backup(await stackOf(), { directory, ...options, signal: interruption() });
    print(options.json, result, renderBackup(result));
  });

cli
  .command("restore")
  .description("puts a saved database in the place of what Harbor has")
  .argument("<directory>", "directory that backup made")
  .option("--other-key", "go on although Harbor has another key than the backup", false)
  .option("--yes", "don't ask for the name of the stack", false)
  .option("--json", "print the result as JSON", false)
  .addHelpText("after", `${codes(`0 restored; ${refused}`)}.`)
  .action(async (directory: string, options: { otherKey: boolean; yes: boolean; json: boolean }) => {
    const result = await restore(await stackOf(), { directory, ...options, ask });
    print(options.json, result, renderRestore(result));
  });

cli
  .command("rotate")
  .description("raises a rotation in the stack's file: of Harbor's own passwords, or of a robot's secret")
  .argument("[robot]", "name of a robot, as in harbor.robots")
  .option("--json", "print the result as JSON", false)
  .addHelpText("after", `${codes(`0 written; ${refused}`)}.`)
  .action(async (robot: string | undefined, { json }: { json: boolean }) => {
    const result = await rotate(await stackOf(), robot);
    print(json, result, renderRotate(result));
  });

const stackOf = (): Promise<Stack> => openStack(cli.opts<StackChoice>());

cli.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = exitCodeOf(error);
});
