import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readdir, rmdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

interface Marks {
  /** Text that one of the arguments contains. */
  argument?: string;
  /** File name of the program. */
  program?: string;
  /** Text that the control group contains. */
  controlGroup?: string;
}

/** Numbers of the processes on this machine that bear all the given marks, this one left out. */
export function processesWith(marks: Marks): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => {
      try {
        const words = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0");
        if (words.length < 2) return false; // a kernel thread, or a process that ended and waits for its parent
        const { argument, program, controlGroup } = marks;
        if (argument && !words.some((word) => word.includes(argument))) return false;
        if (program && basename(words[0] as string) !== program) return false;
        return !controlGroup || readFileSync(`/proc/${name}/cgroup`, "utf8").includes(controlGroup);
      } catch {
        return false; // it ended while we looked
      }
    })
    .map(Number);
}

/** True when a process is gone with all that it held open; what waits for its parent to look holds nothing. */
export function hasEnded(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
  } catch {
    return true;
  }
}

/** Paths of the control groups of this name, one in each hierarchy that has it. */
export function controlGroups(name: string): string[] {
  const root = "/sys/fs/cgroup";
  if (!existsSync(root)) return [];
  return ["", ...readdirSync(root)].map((hierarchy) => join(root, hierarchy, name)).filter(existsSync);
}

/** Removes the control groups of this name with those below. One whose processes just ended is busy for a moment. */
export async function removeControlGroups(name: string): Promise<void> {
  for (let attempt = 0; attempt < 50 && controlGroups(name).length > 0; attempt++) {
    if (attempt > 0) await sleep(100);
    for (const group of controlGroups(name)) await removeTree(group);
  }
}

async function removeTree(group: string): Promise<void> {
  const entries = await readdir(group, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(group, entry.name));
  await rmdir(group).catch(() => undefined);
}
