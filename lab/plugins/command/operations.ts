import { randomBytes } from "node:crypto";
import { type Context, type Properties, type ResourceType } from "../resource-type";

/** What a command printed. */
export interface Printed {
  stdout: string;
  stderr: string;
}

/** One run of a command. */
export interface Job {
  operation: "create" | "update" | "delete";
  script: string;
  inputs: Properties;
  /** What the last run of this resource printed. */
  previous: Printed;
  context: Context;
}

/** Runs a command; throws when it ends with another code than 0. */
export type Runner = (job: Job) => Promise<Printed>;

/**
 * The life of a command, wherever it runs: `create` once, then `update` (or else `create` again) at each change
 * that does not replace, `delete` at the end.
 */
export function commandOperations(run: Runner): Pick<ResourceType, "create" | "update" | "delete"> {
  const perform = async (
    operation: Job["operation"],
    script: string | undefined,
    { inputs, previous, context }: Pick<Job, "inputs" | "previous" | "context">,
  ): Promise<Properties> => {
    if (script === undefined) return { ...inputs, ...previous };
    const { stdout, stderr } = await run({ operation, script, inputs, previous, context });
    return { ...inputs, stdout: withoutNewline(stdout), stderr: withoutNewline(stderr) };
  };
  return {
    async create(inputs, context) {
      const previous = { stdout: "", stderr: "" };
      const outputs = await perform("create", inputs.create, { inputs, previous, context });
      return { id: `${context.name}${randomBytes(4).toString("hex")}`, outputs };
    },
    update: (_id, state, inputs, context) =>
      perform("update", inputs.update ?? inputs.create, { inputs, previous: printedIn(state), context }),
    async delete(_id, state, context) {
      await perform("delete", state.delete, { inputs: state, previous: printedIn(state), context });
    },
  };
}

const printedIn = (state: Properties): Printed => ({
  stdout: state.stdout ?? "",
  stderr: state.stderr ?? "",
});

const withoutNewline = (text: string) => text.replace(/\n$/, "");

/** What the last run printed, for the next one, unless the program does not want it. */
export function previousOutput({ inputs, previous }: Job): Record<string, string> {
  if (inputs.addPreviousOutputInEnv === false) return {};
  return {
    ...(previous.stdout && { PULUMI_COMMAND_STDOUT: previous.stdout }),
    ...(previous.stderr && { PULUMI_COMMAND_STDERR: previous.stderr }),
  };
}

/**
 * The message for a command that failed. It shows the script and the output, as the official plugin does: what must
 * stay secret goes through stdin or the environment.
 */
export const failureMessage = (how: string, script: string, output: string) =>
  `${how}: running ${JSON.stringify(script)}:\n${output}`;
