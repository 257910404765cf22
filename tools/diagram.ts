import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { step } from "../lab/progress";
import { commandLine, pulumiNote, start, withResult } from "./command-line";
import { draw } from "./diagram/draw";
import { pictureOf } from "./diagram/model";
import { readState, type StateChoice } from "./state";
import { print } from "./terminal";

// `npm run diagram`: a picture of a stack, from its state.

interface Options extends StateChoice {
  stack?: string;
  output: string;
  json: boolean;
}

export const diagram = commandLine(
  "diagram",
  "Draws a stack's machines, containers, objects in Kubernetes and addresses as SVG. It reads the state and reaches no host; with --json it writes no file.",
)
  .option("--stack <name>", "the stack (default: the one that is selected)")
  .option("--state <file>", "a state that `pulumi stack export` wrote, instead of asking the Pulumi CLI")
  .option("--pulumi <command>", "the Pulumi CLI, with its first arguments")
  .option("-o, --output <file>", "file to write", "stack.svg");

withResult(diagram, "0 drawn", `No secret is read. ${pulumiNote}`).action(
  async ({ stack, output, json, ...choice }: Options) => {
    const state = await readState(stack, choice);
    const picture = pictureOf(state);
    if (picture.hosts.length + picture.namespaces.length === 0)
      throw new Error(
        `there is nothing in the state of ${state.stack || "this stack"} yet: pulumi up makes it`,
      );
    if (!json) await writeFile(output, await step("drawing", () => draw(state)));
    print(json, picture, `${resolve(output)}: ${picture.hosts.length} machines`);
  },
);

start(diagram, module);
