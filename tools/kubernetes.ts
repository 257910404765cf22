import { commandLine, ofStack, stackOf, start, withResult } from "./command-line";
import { renderRestore, restore } from "./kubernetes/restore";
import { listSnapshots, renderSnapshots } from "./kubernetes/snapshots";
import { ask, interruption, print } from "./terminal";

// `npm run kubernetes -- COMMAND`: day-2 work on the Kubernetes cluster of a stack. This file only parses.

export const kubernetes = ofStack(
  commandLine(
    "kubernetes",
    "Day-2 work on the Kubernetes cluster of a stack. It reads the stack's file and reaches the hosts by ssh.",
  ),
);

const command = (name: string, description: string, codes: string, notes?: string) =>
  withResult(kubernetes.command(name).description(description), codes, notes);

command(
  "snapshots",
  "snapshots of etcd that the control planes have",
  "0 listed; 2 the stack has none",
).action(async ({ json }: { json: boolean }) => {
  const list = await listSnapshots(await stackOf(kubernetes));
  print(json, list, renderSnapshots(list));
  process.exitCode = list.problems.length > 0 ? 1 : 0;
});

command(
  "restore",
  "puts a snapshot in the place of etcd's data, on all control planes",
  "0 restored; 2 refused, nothing was changed; 130 Ctrl-C, nothing was changed",
  "Ctrl-C while the control plane is stopped is a failure, whose message says how to go on.",
)
  .argument("<snapshot>", "name of one that `snapshots` lists, or a file of this machine, with a slash")
  .option("--yes", "don't ask for the name of the stack", false)
  .action(async (snapshot: string, { yes, json }: { yes: boolean; json: boolean }) => {
    const result = await restore(await stackOf(kubernetes), { snapshot, yes, ask, signal: interruption() });
    print(json, result, renderRestore(result));
  });

start(kubernetes, module);
