import { logStatus } from "../provider/engine-log";
import { type Job } from "./operations";

/** Text in pieces of any size. */
export interface Sink {
  write(text: string): void;
  end(): void;
}

/** Where each stream's text goes while a command runs: to the engine, line by line, as `logging` wants it. */
export function streamLog({
  inputs,
  context,
}: Pick<Job, "inputs" | "context">): Record<"stdout" | "stderr", Sink> {
  const wants = (stream: string) => [stream, "stdoutAndStderr"].includes(inputs.logging ?? "stdoutAndStderr");
  const log = (on: boolean) => byLine((line) => on && logStatus(context.urn, line));
  return { stdout: log(wants("stdout")), stderr: log(wants("stderr")) };
}

/** Gives each line as soon as it is whole, and at the end what follows the last newline. */
export function byLine(take: (line: string) => void): Sink {
  let rest = "";
  return {
    write(text) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      lines.forEach(take);
    },
    end() {
      if (rest) take(rest);
    },
  };
}
