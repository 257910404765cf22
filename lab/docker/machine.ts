import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { mkdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { labDir } from "../paths";
import { run } from "../run";
import { hasProgram } from "./install";
import { labRules, undoRules } from "./firewall";

/** What Docker or the hosts may change on the machine that they run on. */
export interface Machine {
  /** Output of iptables-save; empty where there is no iptables. */
  rules: string;
  /** Values by name below /proc/sys; null: this kernel doesn't have it (now). */
  settings: Record<string, string | null>;
  /** Those of the engine's traces outside of its own folders that are there. */
  traces: string[];
}

/** What an engine writes wherever its own folders are; a folder comes after what is in it. */
const engineTraces = [
  "/etc/docker/key.json",
  "/etc/docker",
  "/run/docker/plugins",
  "/run/docker",
  "/run/containerd/s",
  "/run/containerd",
];

const settingNames = [
  "net/ipv4/ip_forward",
  "net/ipv6/conf/all/forwarding",
  "net/bridge/bridge-nf-call-iptables",
  "net/bridge/bridge-nf-call-ip6tables",
  "vm/max_map_count",
  "vm/swappiness",
  "vm/overcommit_memory",
  "vm/panic_on_oom",
  "kernel/panic",
  "kernel/panic_on_oops",
  "kernel/pid_max",
  "kernel/printk",
  "kernel/core_pattern",
  "fs/file-max",
  "fs/nr_open",
  "fs/aio-max-nr",
  "fs/inotify/max_user_instances",
  "fs/inotify/max_user_watches",
  "fs/protected_hardlinks",
  "fs/protected_symlinks",
  "fs/protected_fifos",
  "fs/protected_regular",
];

const snapshotFile = join(labDir, "machine-before.json");

/** Firewall and system settings as they are now. */
export async function readMachine(): Promise<Machine> {
  const settings = Object.fromEntries(settingNames.map((name) => [name, readSetting(name)]));
  return { rules: await readRules(), settings, traces: engineTraces.filter(existsSync) };
}

/** Firewall rules as iptables-save prints them. */
export async function readRules(): Promise<string> {
  if (!hasProgram("iptables-save") || process.getuid?.() !== 0) return "";
  return (await run("iptables-save", [], { env: systemPath() })).stdout;
}

function readSetting(name: string): string | null {
  const file = `/proc/sys/${name}`;
  return existsSync(file) ? readFileSync(file, "utf8").trim() : null;
}

/** Remembers how the machine is before the lab's engine changes it; a snapshot that exists stays. */
export async function saveSnapshot(): Promise<void> {
  if (existsSync(snapshotFile)) return;
  await mkdir(labDir, { recursive: true });
  await writeFile(snapshotFile, JSON.stringify(await readMachine(), undefined, 2));
}

/** The machine before the lab, or undefined when nothing was remembered. */
export async function readSnapshot(): Promise<Machine | undefined> {
  return existsSync(snapshotFile) ? (JSON.parse(await readFile(snapshotFile, "utf8")) as Machine) : undefined;
}

/** Names of the settings that differ; one that only came with a kernel module counts as unchanged. */
function changedSettings(before: Machine, now: Machine): string[] {
  return settingNames.filter((name) => {
    const was = before.settings[name];
    return was !== undefined && was !== null && was !== now.settings[name];
  });
}

const newTraces = (before: Machine, now: Machine) =>
  now.traces.filter((path) => !before.traces.includes(path));

/**
 * What the lab changed on the machine, one line each: its firewall rules, and, when it is known how the machine was
 * before, every rule, chain and setting of Docker that came since.
 */
export function changes(before: Machine | undefined, now: Machine): string[] {
  const rules = before
    ? undoRules(before.rules, now.rules).map((args) => `firewall: iptables ${args.join(" ")} would undo it`)
    : labRules(now.rules).map((rule) => `firewall ${rule}`);
  if (!before) return rules;
  return [
    ...rules,
    ...changedSettings(before, now).map((name) => `setting ${name} was ${before.settings[name]}`),
    ...newTraces(before, now).map((path) => `file ${path}`),
  ];
}

/**
 * Takes back what the lab's engine changed. Does nothing when nothing was remembered. Throws with what resists.
 */
export async function restoreMachine(): Promise<void> {
  const before = await readSnapshot();
  if (!before) return;
  const now = await readMachine();
  for (const args of undoRules(before.rules, now.rules)) await run("iptables", args, { env: systemPath() });
  for (const name of changedSettings(before, now)) {
    await writeFile(`/proc/sys/${name}`, `${before.settings[name]}\n`);
  }
  await removeTraces(newTraces(before, now));
  const remaining = changes({ ...before, traces: engineTraces }, await readMachine());
  if (remaining.length > 0)
    throw new Error(`the machine isn't quite as it was before the lab:\n${remaining.join("\n")}`);
  await rm(snapshotFile);
}

/** A folder with things of another engine in it stays. */
async function removeTraces(paths: string[]): Promise<void> {
  const sockets = "/run/containerd/s";
  const listening = readFileSync("/proc/net/unix", "utf8");
  for (const name of existsSync(sockets) ? readdirSync(sockets) : []) {
    if (!listening.includes(name)) await rm(join(sockets, name)); // of a container whose end nobody saw
  }
  for (const path of paths) {
    if (statSync(path).isDirectory()) await rmdir(path).catch(() => undefined);
    else await rm(path);
  }
}

const systemPath = () => ({ ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` });
