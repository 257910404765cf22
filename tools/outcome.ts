/** How a command ended, as its exit code. */
export const exitCodes = {
  done: 0,
  /** The stack's file has faults, nobody answered, or a step failed. */
  failed: 1,
  /** Refused before anything was changed. */
  refused: 2,
  /** A part is open: a drain goes on, or a backup is without the state. */
  unfinished: 3,
  /** Ended by Ctrl-C. */
  interrupted: 130,
} as const;

/** A command that was refused; nothing was changed. The message says why and what to do. */
export class Refusal extends Error {}

/** A command that the operator ended by Ctrl-C. The message says what goes on without it. */
export class Interrupted extends Error {}

export function exitCodeOf(error: unknown): number {
  if (error instanceof Refusal) return exitCodes.refused;
  return error instanceof Interrupted ? exitCodes.interrupted : exitCodes.failed;
}
