import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { copyFile, cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildOnce } from "../build-once";
import { cacheDir, projectRoot } from "../paths";
import { step } from "../progress";
import { run } from "../run";

/** A package of npm and what of its folder goes into a build: not what a run of npm left there. */
interface Source {
  folder: string;
  files: string[];
}

const pinned = ["package.json", "package-lock.json"];
const folder = join(projectRoot, "examples", "profile-app");
const application: Source = {
  folder,
  files: [
    ...pinned,
    "tsconfig.json",
    ...readdirSync(join(folder, "src"))
      .sort()
      .map((name) => join("src", name)),
  ],
};
const node: Source = { folder: join(__dirname, "node"), files: pinned };

/** Names the build of the example application: another source, lock file or processor is another name. */
export function profileAppBuild(): string {
  const hash = createHash("sha256").update(process.arch);
  for (const { folder, files } of [application, node])
    for (const file of files) hash.update(JSON.stringify([file, readFileSync(join(folder, file), "utf8")]));
  return `profile-app-${hash.digest("hex").slice(0, 12)}`;
}

/**
 * The folder that holds the example application as one file, `main.js`, and the `node` to run it: all of it from npm,
 * as the lock files say. Built once and kept in the cache.
 */
export function builtProfileApp(): Promise<string> {
  return buildOnce(join(cacheDir, "applications", profileAppBuild()), (into) =>
    step("profile-app: build", async (note) => {
      note("application");
      await installed(application, async (copy) => {
        await npm(copy, ["run", "build"]);
        await copyFile(join(copy, "dist", "main.js"), join(into, "main.js"));
      });
      note("node");
      await installed(node, (copy) =>
        copyFile(join(copy, "node_modules", `node-linux-${process.arch}`, "bin", "node"), join(into, "node")),
      );
    }),
  );
}

/** Works in a copy of a package with its dependencies, and removes it. */
async function installed({ folder, files }: Source, work: (copy: string) => Promise<void>): Promise<void> {
  const copy = await mkdtemp(join(tmpdir(), "farmstack-profile-app-"));
  try {
    for (const file of files) await cp(join(folder, file), join(copy, file));
    await npm(copy, ["ci"]);
    await work(copy);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

function npm(cwd: string, command: string[]) {
  return run("npm", [...command, "--ignore-scripts", "--no-audit", "--no-fund"], { cwd });
}
