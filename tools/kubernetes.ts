import { Command } from "commander";
import { renderRestore, restore } from "./kubernetes/restore";
import { listSnapshots, renderSnapshots } from "./kubernetes/snapshots";
import { exitCodeOf } from "./outcome";
import { openStack, type Stack, type StackChoice } from "./stack";
import { ask, interruption, print } from "./terminal";

// `npm run kubernetes -- COMMAND`: day-2 work on the Kubernetes cluster of a stack. This file only parses.

const cli = new Command("npm run kubernetes --")
  .description(
    "Day-2 work on the Kubernetes cluster of a stack. It reads the stack's file and reaches the hosts by ssh.",
  )
  .option("--stack <name>", "stack whose Pulumi.<name>.yaml is read")
  .option("--config-file <file>", "the stack's file, when it is not Pulumi.<name>.yaml here");

cli
  .command("snapshots")
  .description("snapshots of etcd that the control planes have")
  .option("--json", "print the list as JSON", false)
  .addHelpText(
    "after",
    "\nExit code: 0 listed; 1 the stack's file has faults, or a host could not be asked; 2 the stack has none.",
  )
  .action(async ({ json }: { json: boolean }) => {
    const list = await listSnapshots(await stackOf());
    print(json, list, renderSnapshots(list));
    process.exitCode = list.problems.length > 0 ? 1 : 0;
  });

cli
  .command("restore")
  .description("puts a snapshot in the place of etcd's data, on all control planes")
  .argument("<snapshot>", "name of one that `snapshots` lists, or a file of this machine, with a slash")
  .option("--yes", "don't ask for the name of the stack", false)
  .option("--json", "print the result as JSON", false)
  .addHelpText(
    "after",
    "\nExit code: 0 restored; 1 failed, the message says how to go on; 2 refused, nothing was changed; 130 Ctrl-C, nothing was changed. Ctrl-C while the control plane is stopped is a failure.",
  )
  .action(async (snapshot: string, { yes, json }: { yes: boolean; json: boolean }) => {
    const result = await restore(await stackOf(), { snapshot, yes, ask, signal: interruption() });
    print(json, result, renderRestore(result));
  });

const stackOf = (): Promise<Stack> => openStack(cli.opts<StackChoice>());

cli.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = exitCodeOf(error);
});
