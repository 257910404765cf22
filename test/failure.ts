/** Lines of a message that stand under the name of what failed: its begin says what was expected, its end why it was not so. */
const firstLines = 4;
const lastLines = 12;

/**
 * What failed, for the end of a long log, where people look first: a title, and the begin and end of what is said of it
 * without its stack traces and colours.
 * @param mark what each line begins with, so that several logs can be asked for theirs
 */
export function failure(title: string, message: string, mark = "✗"): string[] {
  const lines = message
    .replace(/\u001b\[[\d;]*m/g, "")
    .split("\n")
    .filter((line) => line.trim() && !/^\s+at /.test(line));
  const left = lines.length - firstLines - lastLines;
  const told =
    left > 0 ? [...lines.slice(0, firstLines), `… ${left} lines …`, ...lines.slice(-lastLines)] : lines;
  return [title, ...told.map((line) => `    ${line.slice(0, 300)}`)].map((line) => `${mark} ${line}`);
}
