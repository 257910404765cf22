import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { labDir } from "../paths";

/** Stands in for runc where this machine lacks CAP_SYS_RESOURCE. */
export const runtimeWrapper = join(labDir, "runc-without-sys-resource");

/** Containers name the wrapper by its path as long as they live, so it can't stay in a checkout. */
export async function installWrapper(): Promise<void> {
  await copyFile(join(__dirname, "runc-without-sys-resource"), runtimeWrapper);
}

const sysResource = 24n; // its number in capabilities(7)

/**
 * True when not even root may have CAP_SYS_RESOURCE here. A privileged container asks for every capability and
 * would not start.
 * @param status text of /proc/self/status
 */
export function lacksSysResource(status: string): boolean {
  const bounding = /^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return bounding !== undefined && ((BigInt(`0x${bounding}`) >> sysResource) & 1n) === 0n;
}
