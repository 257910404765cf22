import { createInterface } from "node:readline/promises";

/** Asks the operator; undefined when there is no terminal to ask on. Ctrl-C ends the command. */
export const ask: ((question: string) => Promise<string>) | undefined = process.stdin.isTTY
  ? async (question) => {
      // Questions go to standard error: standard output may be read by a program.
      const terminal = createInterface({ input: process.stdin, output: process.stderr });
      terminal.on("SIGINT", () => process.exit(130));
      try {
        return await terminal.question(question);
      } finally {
        terminal.close();
      }
    }
  : undefined;

/** Is aborted when the operator or the system ends the command, which then tidies up and says what goes on without it. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => controller.abort());
  return controller.signal;
}

/** The result goes to standard output, for people or for a program. */
export function print(json: boolean, result: unknown, text: string): void {
  process.stdout.write(`${json ? JSON.stringify(result, undefined, 2) : text}\n`);
}
