import { CommandFailed, run, type RunResult } from "../../run";
import { type ResourceType } from "../resource-type";
import { streamLog } from "./logging";
import { commandOperations, failureMessage, previousOutput, type Runner } from "./operations";

/** Runs a script on this machine, in the directory of the program unless `dir` says otherwise. */
export const runLocally: Runner = async (job) => {
  const { script, inputs, context } = job;
  const [shell, ...options]: string[] = inputs.interpreter ?? ["/bin/sh", "-c"];
  const result = await run(shell!, [...options, script], {
    cwd: inputs.dir,
    env: { ...process.env, ...inputs.environment, ...previousOutput(job) },
    input: inputs.stdin ?? "",
    timeout: context.timeout || undefined,
  }).catch((error): RunResult => {
    if (error instanceof CommandFailed) return error.result;
    throw error;
  });
  const log = streamLog(job);
  for (const stream of ["stdout", "stderr"] as const) {
    log[stream].write(result[stream]);
    log[stream].end();
  }
  if (result.code !== 0)
    throw new Error(failureMessage(`exit status ${result.code}`, script, result.stdout + result.stderr));
  return result;
};

/** command:local:Command, without `assetPaths` and `archivePaths`. */
export const localCommand: ResourceType = {
  inputs: {
    create: "update",
    update: "update",
    delete: "update",
    stdin: "update",
    environment: "update",
    addPreviousOutputInEnv: "update",
    logging: "update",
    dir: "update",
    interpreter: "update",
    triggers: "replace",
  },
  required: [],
  ...commandOperations(runLocally),
};
