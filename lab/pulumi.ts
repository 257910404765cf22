import { existsSync } from "node:fs";
import { join } from "node:path";
import { assertLabRoute } from "./hosts";
import { labDir } from "./paths";
import { type RunOptions, type RunResult } from "./run";
import { labStackFile, readLabHosts } from "./stack-file";
import { Workspace } from "./toolchain/workspace";

/** Commands that read a stack's configuration; for the dev stack that is the lab's copy, with its keys. */
const readsConfig = new Set([
  "up",
  "update",
  "preview",
  "pre",
  "refresh",
  "destroy",
  "config",
  "import",
  "watch",
]);

export const labStack = { project: "farmstack", name: "dev" };

export const openLabWorkspace = (): Promise<Workspace> => Workspace.open(join(labDir, "pulumi"));

/** The arguments of the CLI, completed for the dev stack of the lab. Pure. */
export function completeArguments(args: string[], stackFile: string): string[] {
  const [command] = args;
  const named = args.some((arg) => arg === "--config-file" || arg.startsWith("--config-file="));
  return command && readsConfig.has(command) && !named && namesDevStack(args)
    ? [...args, "--config-file", stackFile]
    : args;
}

function namesDevStack(args: string[]): boolean {
  const at = args.findIndex((arg) => arg === "--stack" || arg === "-s");
  const stack =
    at >= 0 ? args[at + 1] : args.find((arg) => arg.startsWith("--stack="))?.slice("--stack=".length);
  return stack === labStack.name;
}

/**
 * Runs the CLI of the lab's workspace. Without a lab the dev stack has no host keys, and no place for its salt; and
 * nothing is sent to the lab's addresses unless they lead to the lab.
 */
export async function labPulumi(args: string[], options?: RunOptions): Promise<RunResult> {
  const completed = completeArguments(args, labStackFile);
  if (completed !== args && !existsSync(labStackFile)) {
    throw new Error("there is no lab on this machine for the dev stack: run npm run lab first");
  }
  if (completed !== args) for (const { address } of await readLabHosts()) await assertLabRoute(address);
  return (await openLabWorkspace()).pulumi(completed, options);
}
