import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { program } from "commander";
import { step } from "../lab/progress";
import { draw } from "./diagram/draw";
import { pictureOf } from "./diagram/model";
import { exitCodeOf } from "./outcome";
import { readState } from "./state";
import { print } from "./terminal";

/** `npm run diagram`: a picture of a stack, from its state. */
async function main(): Promise<void> {
  program
    .name("npm run diagram --")
    .description(
      "Draws a stack's machines, containers, objects in Kubernetes and addresses as SVG. It reads the state and reaches no host.",
    )
    .option("--stack <name>", "the stack (default: the one that is selected)")
    .option("--state <file>", "a state that `pulumi stack export` wrote, instead of asking the Pulumi CLI")
    .option("--pulumi <command>", "the Pulumi CLI, with its first arguments")
    .option("-o, --output <file>", "file to write", "stack.svg")
    .option("--json", "print what would be drawn as JSON, and write no file", false)
    .addHelpText(
      "after",
      `
Exit code: 0 drawn; 1 there is no such stack or state, or nothing in it.
FARMSTACK_PULUMI is the default of --pulumi; for the lab's own stack the lab's CLI is asked. No secret is read.`,
    )
    .parse();
  const { stack, state: file, pulumi, output, json } = program.opts<Options>();
  const state = await readState(stack, { state: file, pulumi });
  const picture = pictureOf(state);
  if (picture.hosts.length + picture.namespaces.length === 0)
    throw new Error(
      `there is nothing in the state of ${state.stack || "this stack"} yet: pulumi up makes it`,
    );
  if (!json) await writeFile(output, await step("drawing", () => draw(state)));
  print(json, picture, `${resolve(output)}: ${picture.hosts.length} machines`);
}

interface Options {
  stack?: string;
  state?: string;
  pulumi?: string;
  output: string;
  json: boolean;
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = exitCodeOf(error);
});
