import { setMaxListeners } from "node:events";
import { type Context } from "../resource-type";

/**
 * A signal for the end of the time that an operation may take or of the whole run, and which of the two it was. The
 * timer holds on to it: what AbortSignal.any makes of AbortSignal.timeout may be collected before it fires.
 */
export function deadline({ timeout, cancelled }: Context): { signal: AbortSignal; reason: () => string } {
  const controller = new AbortController();
  const end = () => controller.abort();
  if (cancelled.aborted) end();
  setMaxListeners(0, cancelled); // one for each operation of the run
  cancelled.addEventListener("abort", end);
  if (timeout > 0) setTimeout(end, timeout).unref();
  return {
    signal: controller.signal,
    reason: () => (cancelled.aborted ? "cancelled" : `not done within ${timeout / 1000} s`),
  };
}
