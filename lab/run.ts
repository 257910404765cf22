import { spawn, type SpawnOptions } from "node:child_process";

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Written to the standard input, which is then closed. */
  input?: string;
  /** Milliseconds after which the process is ended. @default none */
  timeout?: number;
  /** Ends the process when it is aborted. @default none */
  signal?: AbortSignal;
  /** "inherit": the process talks to the terminal. @default "collect" */
  output?: "collect" | "inherit";
  /** Exit codes that are not an error. @default [0] */
  allow?: number[];
}

export interface RunResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** For `allow`: every exit code is an answer. */
export const anyCode = Array.from({ length: 256 }, (_, code) => code);

/** A command that ended badly; the message carries its last lines. */
export class CommandFailed extends Error {
  constructor(
    readonly command: string,
    readonly result: RunResult,
  ) {
    const tail = (result.stderr.trim() || result.stdout.trim()).split("\n").slice(-15).join("\n");
    super(`${command} ended with ${result.code}${tail ? `:\n${tail}` : ""}`);
  }
}

/** Runs a program, without a shell, and gives what it printed. Throws CommandFailed on any code not allowed. */
export function run(file: string, args: string[], options: RunOptions = {}): Promise<RunResult> {
  const inherit = options.output === "inherit";
  const spawnOptions: SpawnOptions = {
    cwd: options.cwd,
    env: options.env ?? process.env,
    signal: options.signal,
    stdio: [
      options.input === undefined ? (inherit ? "inherit" : "ignore") : "pipe",
      inherit ? "inherit" : "pipe",
      inherit ? "inherit" : "pipe",
    ],
  };
  return new Promise((done, failed) => {
    const child = spawn(file, args, spawnOptions);
    const result: RunResult = { code: 0, stdout: "", stderr: "" };
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (result.stdout += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (result.stderr += text));
    // Node's own limit goes on running for a program that is not there, and keeps this process from ending.
    const limit = options.timeout === undefined ? undefined : setTimeout(() => child.kill(), options.timeout);
    child.on("error", (error) => {
      clearTimeout(limit);
      failed(error);
    });
    child.on("close", (code, signal) => {
      clearTimeout(limit);
      result.code = code ?? 128;
      if (signal) result.stderr += `\nended by ${signal}`;
      if ((options.allow ?? [0]).includes(result.code)) done(result);
      else failed(new CommandFailed([file, ...args].join(" ").slice(0, 200), result));
    });
    if (options.input !== undefined) {
      child.stdin?.on("error", () => undefined); // it ended before it read everything; its code tells
      child.stdin?.end(options.input);
    }
  });
}
