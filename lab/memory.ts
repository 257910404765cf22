import { readdirSync, readFileSync } from "node:fs";

/** Proportional memory (Pss) of a process in MiB; 0 when it is gone. */
function processMemory(pid: string): number {
  const text = readQuietly(`/proc/${pid}/smaps_rollup`);
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) / 1024;
}

function readQuietly(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** MiB of all processes in the given containers, and of this process and what it started. */
export function labMemory(containerIds: string[]): number {
  const parents = new Map<string, string>();
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  for (const pid of pids)
    parents.set(pid, /^PPid:\s+(\d+)/m.exec(readQuietly(`/proc/${pid}/status`))?.[1] ?? "0");
  const ours = (pid: string): boolean => {
    for (let at: string | undefined = pid; at && at !== "0"; at = parents.get(at)) {
      if (at === String(process.pid)) return true;
    }
    const cgroup = readQuietly(`/proc/${pid}/cgroup`);
    return containerIds.some((id) => cgroup.includes(id));
  };
  return pids.filter(ours).reduce((sum, pid) => sum + processMemory(pid), 0);
}

/** Measures every five seconds until `stop`, which gives the peak in MiB. */
export function watchMemory(containerIds: () => Promise<string[]>): { stop(): Promise<number> } {
  let peak = 0;
  const measure = async () => {
    peak = Math.max(peak, labMemory(await containerIds().catch(() => [])));
  };
  const timer = setInterval(() => void measure(), 5000);
  return {
    async stop() {
      clearInterval(timer);
      await measure();
      return peak;
    },
  };
}
