/** Lines of a message that stand under the name of what failed. */
const linesOfMessage = 12;

/**
 * What failed, for the end of a long log, where people look first: a title, and the begin of what is said of it without
 * its stack traces and colours. Each line begins with `✗`, so that several logs can be asked for theirs.
 */
export function failure(title: string, message: string): string[] {
  const lines = message
    .replace(/\u001b\[[\d;]*m/g, "")
    .split("\n")
    .filter((line) => line.trim() && !/^\s+at /.test(line));
  return [title, ...lines.slice(0, linesOfMessage).map((line) => `    ${line.slice(0, 300)}`)].map(
    (line) => `✗ ${line}`,
  );
}
