import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { copyFile, cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../run";

/** A package of npm and what of its folder goes into a build: not what a run of npm left there. */
export interface Source {
  folder: string;
  files: string[];
}

export const pinned = ["package.json", "package-lock.json"];

const node: Source = { folder: join(__dirname, "node"), files: pinned };

/**
 * Names a build with Node of these packages: another file of theirs, another processor is another name.
 * @param others what else it is made of
 */
export function buildNameOf(name: string, sources: Source[], others: string[] = []): string {
  const hash = createHash("sha256").update(process.arch).update(JSON.stringify(others));
  for (const { folder, files } of [...sources, node])
    for (const file of files) hash.update(JSON.stringify([file, readFileSync(join(folder, file), "utf8")]));
  return `${name}-${hash.digest("hex").slice(0, 12)}`;
}

/** Works in a copy of a package with its dependencies, as the lock file has them, and removes it. */
export async function installed(
  { folder, files }: Source,
  work: (copy: string) => Promise<void>,
  flags: string[] = [],
): Promise<void> {
  const copy = await mkdtemp(join(tmpdir(), "farmstack-npm-"));
  try {
    for (const file of files) await cp(join(folder, file), join(copy, file));
    await npm(copy, ["ci", ...flags]);
    await work(copy);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/** Copies the program `node` of the lab's own version into a folder. */
export async function addNode(into: string): Promise<void> {
  await installed(node, (copy) =>
    copyFile(join(copy, "node_modules", `node-linux-${process.arch}`, "bin", "node"), join(into, "node")),
  );
}

export function npm(cwd: string, command: string[]) {
  return run("npm", [...command, "--ignore-scripts", "--no-audit", "--no-fund"], { cwd });
}
