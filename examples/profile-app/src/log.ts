export type Level = "info" | "warn" | "error";

/** Writes one line of the log. */
export type Log = (level: Level, message: string, fields?: Record<string, unknown>) => void;

/** A log of JSON lines: time, level, message, and the fields that are given. */
export function jsonLog(write: (line: string) => void): Log {
  return (level, message, fields = {}) =>
    write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`);
}
