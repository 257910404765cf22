import { setTimeout as sleep } from "node:timers/promises";
import { DaemonError, isMissing } from "./connection";

/** Removes something that containers may still hold, for half a minute, as the official plugin does. Gone is fine. */
export async function removeWhenFree(
  remove: () => Promise<unknown>,
  inUse: (error: DaemonError) => boolean,
): Promise<void> {
  for (let left = 30; ; left--) {
    try {
      await remove();
      return;
    } catch (error) {
      if (isMissing(error)) return;
      if (!(error instanceof DaemonError && inUse(error)) || left === 0) throw error;
      await sleep(1000);
    }
  }
}
