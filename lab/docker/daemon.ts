import { spawn } from "node:child_process";
import { existsSync, openSync, readFileSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Dockerode from "dockerode";
import { labDir } from "../paths";
import { run } from "../run";
import { saveSnapshot } from "./machine";
import { hasEnded, processesWith, removeControlGroups } from "./processes";
import { installWrapper, lacksSysResource, runtimeWrapper } from "./runtime";

/** Where the lab's own engine listens. */
export const daemonSocket = join(labDir, "docker.sock");

/** Everything that the engine keeps: images, containers, volumes. */
export const dataRoot = join(labDir, "docker");
/** Its run-time state: namespaces, containerd's socket and state. */
const execRoot = join(labDir, "docker-run");
const pidFile = join(labDir, "docker.pid");
const logFile = join(labDir, "docker.log");
/** Control group of all containers: what is in it was started by the lab. */
export const controlGroup = "farmstack-lab";

/** There is an engine of the lab's own here, running or not. */
export function hasOwnDaemon(): boolean {
  return existsSync(dataRoot);
}

/** Starts the engine in the background and waits until it answers. Does nothing when it runs. */
export async function startDaemon(): Promise<void> {
  if (daemonPid() === undefined) await launch();
  const client = new Dockerode({ socketPath: daemonSocket });
  for (let waited = 0; waited < 60; waited += 0.2) {
    if (await answers(client)) return;
    if (daemonPid() === undefined && waited > 5) break;
    await sleep(200);
  }
  const log = (await readFile(logFile, "utf8").catch(() => "")).trim().split("\n").slice(-8).join("\n");
  throw new Error(`the lab's Docker engine didn't come up, see ${logFile}:\n${log}`);
}

async function launch(): Promise<void> {
  await mkdir(dataRoot, { recursive: true, mode: 0o700 });
  await saveSnapshot();
  await installWrapper();
  await rm(pidFile, { force: true }); // of a process that is gone: its number may be another's by now
  const log = openSync(logFile, "a");
  const child = spawn("dockerd", daemonArguments(readFileSync("/proc/self/status", "utf8")), {
    detached: true,
    stdio: ["ignore", log, log],
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
  });
  await new Promise<void>((done, failed) => child.once("spawn", done).once("error", failed));
  child.unref();
}

/**
 * The engine's command line. It has no bridge of its own: the lab's network is the only one.
 * @param status text of /proc/self/status, which tells what this machine lets processes do
 */
export function daemonArguments(status: string): string[] {
  return [
    ...["--host", `unix://${daemonSocket}`],
    ...["--data-root", dataRoot],
    ...["--exec-root", execRoot],
    ...["--pidfile", pidFile],
    ...["--bridge", "none"],
    ...["--cgroup-parent", `/${controlGroup}`],
    ...["--exec-opt", "native.cgroupdriver=cgroupfs"],
    ...(lacksSysResource(status)
      ? ["--add-runtime", `lab=${runtimeWrapper}`, "--default-runtime", "lab"]
      : []),
  ];
}

async function answers(client: Dockerode): Promise<boolean> {
  return client.ping().then(
    () => true,
    () => false,
  );
}

/** Process of the running engine, or undefined. */
export function daemonPid(): number | undefined {
  return processesWith({ argument: pidFile, program: "dockerd" })[0];
}

/**
 * Ends the engine, its containerd and every process of its containers, then unmounts what is left under its folders.
 * Works as well when the engine was killed and the rest lives on.
 */
export async function stopDaemon(): Promise<void> {
  const pid = daemonPid();
  if (pid !== undefined) {
    process.kill(pid, "SIGTERM");
    await until(() => hasEnded(pid), 30);
  }
  const leftover = daemonProcesses();
  leftover.forEach(kill);
  await until(() => leftover.every(hasEnded), 10);
  await unmountAll();
  await removeControlGroups(controlGroup);
  for (const path of [execRoot, pidFile, daemonSocket, runtimeWrapper])
    await rm(path, { recursive: true, force: true });
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // it ended by itself
  }
}

/** Engine, containerd, shims (all have the engine's folders in their arguments) and what runs in containers. */
export function daemonProcesses(): number[] {
  return [
    ...new Set([
      ...processesWith({ argument: execRoot }),
      ...processesWith({ controlGroup: `/${controlGroup}/` }),
    ]),
  ];
}

/** Mount points in the engine's folders, and those themselves, deepest first. */
export function daemonMounts(): string[] {
  return readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "")
    .filter((point) => [dataRoot, execRoot].some((folder) => `${point}/`.startsWith(`${folder}/`)))
    .sort((a, b) => b.length - a.length);
}

async function unmountAll(): Promise<void> {
  for (const point of daemonMounts()) await run("umount", ["--lazy", point], { allow: [0, 1, 32] });
}

export async function removeDaemonData(): Promise<void> {
  for (const path of [dataRoot, logFile]) await rm(path, { recursive: true, force: true });
}

/** Waits until it is so, at most so many seconds. */
async function until(isSo: () => boolean, seconds: number): Promise<void> {
  for (let waited = 0; waited < seconds && !isSo(); waited += 0.1) await sleep(100);
}
