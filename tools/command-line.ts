import { Command } from "commander";
import { exitCodeOf } from "./outcome";
import { openStack, type Stack, type StackChoice } from "./stack";

// What all commands share: how they are named, which stack they are about, how they end. Each is a file of its own beside
// this one, which parses and prints, and a folder that does the work.

/** What follows a mistake in the arguments. */
export const helpHint = (name: string): string => `npm run ${name} -- --help says more`;

/** The command `npm run NAME`. */
export const commandLine = (name: string, description: string): Command =>
  new Command(`npm run ${name} --`)
    .description(description)
    .showHelpAfterError(helpHint(name))
    .configureHelp({ showGlobalOptions: true });

/** Adds the options that say which stack. */
export const ofStack = (cli: Command): Command =>
  cli
    .option("--stack <name>", "stack whose Pulumi.<name>.yaml is read (default: the only one here)")
    .option("--config-file <file>", "the stack's file, when it is not Pulumi.<name>.yaml here");

/** The stack that was chosen. Throws with all faults of its file. */
export const stackOf = (cli: Command): Promise<Stack> => openStack(cli.opts<StackChoice>());

/** Adds `--json`, and the exit codes to the help. @param codes all but 1, which is everywhere */
export const withResult = (cli: Command, codes: string, notes = ""): Command =>
  cli
    .option("--json", "print the result as JSON", false)
    .addHelpText(
      "after",
      `\nExit code: ${codes}; 1 it could not be done, and the message says why.${notes && `\n${notes}`}`,
    );

/** For those that read the state. */
export const pulumiNote =
  "FARMSTACK_PULUMI is the default of --pulumi; for the lab's own stack the lab's CLI is asked.";

/** Runs the command when its file is what was started, and not when another command only uses it. */
export function start(cli: Command, file: NodeModule): void {
  if (require.main !== file) return;
  cli.parseAsync().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = exitCodeOf(error);
  });
}
