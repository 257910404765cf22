/** One word for a POSIX shell, whatever is in it. */
export const quote = (text: string | number): string => `'${String(text).replaceAll("'", `'\\''`)}'`;

/** Assignments of a shell, a line each. */
export const assignments = (values: Record<string, string | number | boolean>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${quote(String(value))}\n`)
    .join("");

/**
 * A script as it is sent over standard input to `sh -s`. It is wrapped in a function, so that the shell has read all
 * of it before it starts, and no command in it can swallow the rest of the script.
 */
export function wrapScript(body: string): string {
  return `set -eu\nmain() {\n${body.trimEnd()}\n}\nmain </dev/null\n`;
}
