import { join } from "node:path";
import { projectRoot } from "../lab/paths";
import { anyCode, run, type RunOptions, type RunResult } from "../lab/run";

/**
 * What starts a program of the project, for node, as its npm script does: in one process, which gets the signals.
 *
 * @param file such as tools/status.ts
 */
export const programArguments = (file: string, ...args: string[]): string[] => [
  ...["--require", join(projectRoot, "node_modules/tsx/dist/cjs/index.cjs")],
  join(projectRoot, file),
  ...args,
];

/** Runs a program of the project to its end, in the project's folder; any exit code is an answer. */
export const runProgram = (file: string, args: string[], options: RunOptions = {}): Promise<RunResult> =>
  run(process.execPath, programArguments(file, ...args), { cwd: projectRoot, allow: anyCode, ...options });
