import { join } from "node:path";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { installPlugins } from "../plugins/install";
import { step } from "../progress";
import { run } from "../run";
import { builtEngine } from "./build";
import { engineVersion, pluginVersions } from "./versions";

/** Which CLI runs, and where its plugins come from. */
export interface Toolchain {
  kind: "official" | "built";
  /** Folders to put first on PATH. */
  path: string[];
}

/**
 * The toolchain for a PULUMI_HOME, its plugins included: a `pulumi` on PATH when it is new enough and can download
 * its plugins, otherwise the one built from Go modules with the stand-in plugins.
 * FARMSTACK_TOOLCHAIN=official|built decides without trying.
 */
export async function locateToolchain(home: string): Promise<Toolchain> {
  await mkdir(home, { recursive: true });
  const wanted = process.env.FARMSTACK_TOOLCHAIN ?? (await remembered(home));
  if (wanted !== "built" && (await officialWorks(home, wanted === "official"))) {
    await remember(home, "official");
    return { kind: "official", path: [] };
  }
  const [engine] = await Promise.all([builtEngine(), installPlugins(home)]);
  await remember(home, "built");
  return { kind: "built", path: [engine] };
}

// Looking for the download site costs seconds where there is none, so the answer is kept with the home.
const memory = (home: string) => join(home, "farmstack-toolchain");
const remembered = (home: string) => readFile(memory(home), "utf8").catch(() => undefined);
const remember = (home: string, kind: Toolchain["kind"]) => writeFile(memory(home), kind);

async function officialWorks(home: string, required: boolean): Promise<boolean> {
  const version = await run("pulumi", ["version"]).then(
    (result) => result.stdout.trim().replace(/^v/, ""),
    () => undefined,
  );
  if (!version || !atLeast(version, engineVersion)) {
    if (!required) return false;
    throw new Error(
      `FARMSTACK_TOOLCHAIN=official, but pulumi on PATH is ${version ?? "missing"}: install ${engineVersion} or newer`,
    );
  }
  return step("Pulumi plugins: download", async () => {
    for (const [name, pluginVersion] of Object.entries(pluginVersions)) {
      const install = run("pulumi", ["plugin", "install", "resource", name, `v${pluginVersion}`], {
        env: { ...process.env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" },
        timeout: 120_000,
      });
      if (required) await install;
      else if (
        !(await install.then(
          () => true,
          () => false,
        ))
      )
        return false;
    }
    return true;
  });
}

/** Compares dotted versions by number. */
export function atLeast(version: string, minimum: string): boolean {
  const [a, b] = [version, minimum].map((text) => text.split(/[.+-]/).map(Number)) as [number[], number[]];
  for (let i = 0; i < 3; i++) {
    if ((a[i] || 0) !== (b[i] || 0)) return (a[i] || 0) > (b[i] || 0);
  }
  return true;
}
