import { setImmediate } from "node:timers/promises";

/** Milliseconds without a look at other requests. */
const slice = 10;

/** Keeps the processor busy for so many milliseconds of work, while other requests are answered in between. */
export async function work(ms: number): Promise<void> {
  for (let done = 0; done < ms; done += slice) {
    const until = performance.now() + Math.min(slice, ms - done);
    while (performance.now() < until);
    await setImmediate();
  }
}
