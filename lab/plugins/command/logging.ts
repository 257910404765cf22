import { logStatus } from "../provider/engine-log";
import { type Job } from "./operations";

/** Where each stream's text goes while a command runs: to the engine, line by line, as `logging` wants it. */
export function streamLog({ inputs, context }: Pick<Job, "inputs" | "context">) {
  const wants = (stream: string) => [stream, "stdoutAndStderr"].includes(inputs.logging ?? "stdoutAndStderr");
  const log = (on: boolean) => (on ? byLine((line) => logStatus(context.urn, line)) : () => undefined);
  return { stdout: log(wants("stdout")), stderr: log(wants("stderr")) };
}

/** Takes text in any pieces and gives whole lines. What follows the last newline is not a line and is not given. */
export function byLine(take: (line: string) => void): (text: string) => void {
  let rest = "";
  return (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    lines.forEach(take);
  };
}
