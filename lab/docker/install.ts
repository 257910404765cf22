import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { step } from "../progress";
import { CommandFailed, run } from "../run";

/** True for a program on PATH or in the folders of system programs, which are not on everyone's PATH. */
export function hasProgram(name: string): boolean {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/local/sbin", "/usr/sbin", "/sbin"];
  return folders.some((folder) => existsSync(join(folder, name)));
}

/** Throws `otherwise` unless this is root on a machine with Debian's package manager. */
export function requireDebianRoot(otherwise: string): void {
  if (!isDebianRoot()) throw new Error(otherwise);
}

export function isDebianRoot(): boolean {
  return process.getuid?.() === 0 && hasProgram("apt-get");
}

/** Installs the packages of those programs that are missing; waits while another package manager is at work. */
export async function installPackages(packageOf: Record<string, string>): Promise<void> {
  const missing = Object.keys(packageOf).filter((program) => !hasProgram(program));
  if (missing.length === 0) return;
  const packages = missing.map((program) => packageOf[program] as string);
  await step(`Packages: install ${packages.join(", ")}`, async () => {
    await updateLists();
    await aptGet(["install", "-y", "--no-install-recommends", ...packages]);
  });
}

/** A list that can't be fetched is no reason to stop: the package may well come from another one. */
async function updateLists(): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const failure = await aptGet(["update", "-q"]).catch((error: unknown) => error);
    const locked = failure instanceof CommandFailed && failure.message.includes("Could not get lock");
    if (!locked || attempt === 60) return;
    await sleep(5000);
  }
}

async function aptGet(args: string[]): Promise<void> {
  await run("apt-get", ["-o", "DPkg::Lock::Timeout=300", ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
}
