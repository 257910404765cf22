import { step } from "../lab/progress";
import { commandLine, ofStack, pulumiNote, stackOf, start, withResult } from "./command-line";
import { readState, type StateChoice } from "./state";
import { madeOf } from "./status/made";
import { formatStatus, stackStatus } from "./status/stack-status";
import { print } from "./terminal";

// `npm run status`: how everything is that the stack's state says is there.

export const status = ofStack(
  commandLine(
    "status",
    "How a stack is: hosts, containers, Ceph, Kubernetes, databases, apps, the log store, Harbor. What should be there is in the stack's state; how it is, they are asked.",
  ),
)
  .option("--state <file>", "a state that `pulumi stack export` wrote, instead of asking the Pulumi CLI")
  .option("--pulumi <command>", "the Pulumi CLI, with its first arguments");

withResult(status, "0 all is well; 2 something is missing", pulumiNote).action(
  async ({ json, ...choice }: StateChoice & { json: boolean }) => {
    const stack = await stackOf(status);
    const made = madeOf(await readState(stack.name, choice));
    if (Object.keys(made.hosts).length === 0)
      throw new Error(`stack ${stack.name} has nothing yet: pulumi up --stack ${stack.name} makes it`);
    const result = await step(`asking the hosts of stack ${stack.name}`, () => stackStatus(stack, made));
    print(json, result, formatStatus(result));
    process.exitCode = result.ok ? 0 : 2;
  },
);

start(status, module);
