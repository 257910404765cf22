import { type ChildProcess, spawn } from "node:child_process";
import { type RunResult } from "../../../lab/run";
import { programArguments, runProgram } from "../../program";

// The commands as `npm run` starts them: processes of their own, with the programs that the test put on PATH, and without
// a terminal.

/** Runs a command to its end; any exit code is an answer. */
export const command = (name: string, ...args: string[]): Promise<RunResult> =>
  runProgram(`tools/${name}.ts`, args);

export interface Running {
  process: ChildProcess;
  /** What it said on standard error, and how it ended. */
  ended: Promise<{ code: number | null; stderr: string }>;
}

/** Starts a command that the test ends. */
export function startCommand(name: string, ...args: string[]): Running {
  const child = spawn(process.execPath, programArguments(`tools/${name}.ts`, ...args), {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return {
    process: child,
    ended: new Promise((done) => child.on("close", (code) => done({ code, stderr }))),
  };
}
