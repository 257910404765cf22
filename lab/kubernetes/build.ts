import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { buildOnce } from "../build-once";
import { cacheDir } from "../paths";
import { step } from "../progress";
import { run } from "../run";
import { buildName, linkerFlags, modules, sourceOf, type Module, type ModuleName } from "./modules";

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
  const go = (args: string[]) =>
    run("nice", ["-n", "19", "go", ...args], {
      cwd: sourceOf(name),
      env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off", GOFLAGS: "-mod=readonly -buildvcs=false" },
    });
  await step(`${module.title}: build`, async (note) => {
    note("modules");
    await go(["list", "-deps", ...module.packages]);
    note("compile");
    await go(["build", "-trimpath", "-ldflags", linkerFlags(module), "-o", `${folder}/`, ...module.packages]);
    for (const link of module.links) await symlink(name, join(folder, link));
  });
}
