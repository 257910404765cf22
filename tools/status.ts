import { program } from "commander";
import { step } from "../lab/progress";
import { exitCodeOf } from "./outcome";
import { openStack, type StackChoice } from "./stack";
import { readState } from "./state";
import { madeOf } from "./status/made";
import { formatStatus, stackStatus } from "./status/stack-status";
import { print } from "./terminal";

/** `npm run status`: how everything is that the stack's state says is there. */
async function main(): Promise<void> {
  program
    .name("npm run status --")
    .description(
      "How a stack is: hosts, containers, Ceph, Kubernetes, databases, apps. What should be there is in the stack's state; how it is, they are asked.",
    )
    .option("--stack <name>", "the stack (default: the only one here)")
    .option("--config-file <file>", "the stack's file, when it is not Pulumi.<name>.yaml here")
    .option("--state <file>", "a state that `pulumi stack export` wrote, instead of asking the Pulumi CLI")
    .option("--pulumi <command>", "the Pulumi CLI, with its first arguments")
    .option("--json", "print it as JSON", false)
    .addHelpText(
      "after",
      `
Exit code: 0 all is well; 2 something is missing; 1 the stack's file has faults, or its state can't be read.
FARMSTACK_PULUMI is the default of --pulumi; for the lab's own stack the lab's CLI is asked.`,
    )
    .parse();
  const { state: file, pulumi, json, ...choice } = program.opts<Options>();
  const stack = await openStack(choice);
  const made = madeOf(await readState(stack.name, { state: file, pulumi }));
  if (Object.keys(made.hosts).length === 0)
    throw new Error(`stack ${stack.name} has nothing yet: pulumi up --stack ${stack.name} makes it`);
  const status = await step(`asking the hosts of stack ${stack.name}`, () => stackStatus(stack, made));
  print(json, status, formatStatus(status));
  process.exitCode = status.ok ? 0 : 2;
}

interface Options extends StackChoice {
  state?: string;
  pulumi?: string;
  json: boolean;
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = exitCodeOf(error);
});
