import { type Context } from "../resource-type";

/** A signal for the end of the time that an operation may take or of the whole run, and which of the two it was. */
export function deadline({ timeout, cancelled }: Context): { signal: AbortSignal; reason: () => string } {
  const signal = AbortSignal.any([cancelled, ...(timeout > 0 ? [AbortSignal.timeout(timeout)] : [])]);
  return { signal, reason: () => (cancelled.aborted ? "cancelled" : `not done within ${timeout / 1000} s`) };
}
