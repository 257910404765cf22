import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";

/**
 * Fills a folder of the cache, unless it is there. `build` writes beside it, so that a build that was cut leaves
 * nothing that the next one would take for whole.
 */
export async function buildOnce(folder: string, build: (into: string) => Promise<void>): Promise<string> {
  if (existsSync(folder)) return folder;
  const building = `${folder}.${process.pid}`;
  await mkdir(building, { recursive: true });
  try {
    await build(building);
    await rename(building, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error; // another run was quicker: its build is as good
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return folder;
}
