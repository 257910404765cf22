import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { step } from "./progress";

/** Longest time that another run's build is waited for, ms. */
const patience = 1_200_000;

/**
 * Fills a folder of the cache, unless it is there. `build` writes beside it, so that a build that was cut leaves
 * nothing that the next one would take for whole. While another run on this machine builds the same, it is waited for.
 */
export async function buildOnce(folder: string, build: (into: string) => Promise<void>): Promise<string> {
  if (!existsSync(folder) && (await isBuiltByAnother(folder)))
    await step(`${basename(folder)}: another run builds it`, () => waitForAnother(folder));
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

/** Whether there is a folder that a process which lives builds into; a run that was cut leaves one without. */
async function isBuiltByAnother(folder: string): Promise<boolean> {
  const prefix = `${basename(folder)}.`;
  const beside = await readdir(dirname(folder)).catch(() => []);
  const ids = beside.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  return ids.some((id) => /^\d+$/.test(id) && Number(id) !== process.pid && existsSync(`/proc/${id}`));
}

/** Until it is there, or is no longer built; a number that was given to another process ends with the patience. */
async function waitForAnother(folder: string): Promise<void> {
  const until = Date.now() + patience;
  while (!existsSync(folder) && Date.now() < until && (await isBuiltByAnother(folder))) await sleep(1000);
}
