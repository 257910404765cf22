import { chmod, cp, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { buildOnce } from "../build-once";
import { cacheDir } from "../paths";
import { step } from "../progress";
import { run, type RunResult } from "../run";
import {
  buildName,
  linkerFlags,
  modules,
  sourceOf,
  targetsOf,
  type Module,
  type ModuleName,
} from "./modules";

/**
 * The folder that holds a module's programs, built from their Go modules: static, and the same bytes wherever the
 * same Go builds them. Built once and kept in the cache. Throws what to install where there is no Go.
 */
export function builtModule(name: ModuleName): Promise<string> {
  return buildOnce(join(cacheDir, "kubernetes", buildName(name)), async (folder) => {
    await run("go", ["version"]).catch(() => {
      throw new Error(
        "the lab's Kubernetes is built from its Go modules, and Go isn't installed: install Go 1.21 or newer (any later one is fetched as a module)",
      );
    });
    await build(name, folder);
  });
}

async function build(name: ModuleName, folder: string): Promise<void> {
  const module: Module = modules[name];
  await step(`${module.title}: build`, async (note) => {
    note("modules");
    const copy = module.upstream && (await copyUpstream(sourceOf(name), module.upstream));
    try {
      const source = copy ?? sourceOf(name);
      await go(source, ["list", "-deps", ...module.packages]);
      note("compile");
      const flags = ["-trimpath", "-ldflags", linkerFlags(module)];
      for (const [target, packages] of targetsOf(module))
        await go(source, ["build", ...flags, "-o", join(folder, target), ...packages]);
    } finally {
      if (copy) await rm(copy, { recursive: true, force: true });
    }
    for (const link of module.links) await symlink(basename(sourceOf(name)), join(folder, link));
  });
}

/** A temporary folder with the source of a module that go.mod pins, and the generated files in it. */
async function copyUpstream(
  pinnedBy: string,
  { path, generated }: NonNullable<Module["upstream"]>,
): Promise<string> {
  const { stdout } = await go(pinnedBy, ["mod", "download", "-json", path]);
  const copy = await mkdtemp(join(tmpdir(), "farmstack-module-"));
  await cp((JSON.parse(stdout) as { Dir: string }).Dir, copy, { recursive: true });
  // Go's own copy can't be written to, and so couldn't this one.
  const entries = await readdir(copy, { recursive: true, withFileTypes: true });
  await chmod(copy, 0o700);
  for (const entry of entries.filter((one) => one.isDirectory()))
    await chmod(join(entry.parentPath, entry.name), 0o700);
  for (const [file, text] of Object.entries(generated)) await writeFile(join(copy, file), text);
  return copy;
}

function go(cwd: string, args: string[]): Promise<RunResult> {
  return run("nice", ["-n", "19", "go", ...args], {
    cwd,
    env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off", GOFLAGS: "-mod=readonly -buildvcs=false" },
  });
}
