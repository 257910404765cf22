import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";

/**
 * Does the work while no other process does work under the same lock file. It may not wait for anything: the process
 * is blocked. The lock of a process that ended in the middle is taken over.
 */
export function withLock<T>(file: string, work: () => T): T {
  const until = Date.now() + 10_000;
  while (!acquire(file)) {
    if (Date.now() > until) throw new Error(`${file} has been held for 10 s; delete it when no test runs`);
    if (ownerEnded(file)) rmSync(file, { force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
  }
  try {
    return work();
  } finally {
    rmSync(file, { force: true });
  }
}

function acquire(file: string): boolean {
  try {
    const lock = openSync(file, "wx");
    writeSync(lock, String(process.pid));
    closeSync(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function ownerEnded(file: string): boolean {
  try {
    const owner = Number(readFileSync(file, "utf8"));
    if (!owner) return false; // it is just being written
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
