import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildOnce } from "../build-once";
import { cacheDir } from "../paths";
import { step } from "../progress";
import { run } from "../run";
import { engineVersion } from "./versions";

/** go.mod and go.sum pin everything that goes into the engine. */
const module = join(__dirname, "engine");
const main = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const ldflags = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${engineVersion}`;

/** Names the build: another go.sum or another flag is another folder in the cache. */
function fingerprint(): string {
  const hash = createHash("sha256").update(main).update(ldflags);
  for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(join(module, file)));
  return hash.digest("hex").slice(0, 12);
}

/**
 * The folder that holds `pulumi`, built from its Go modules. Built once and kept in the cache.
 */
export function builtEngine(): Promise<string> {
  return buildOnce(join(cacheDir, "toolchain", `${engineVersion}-${fingerprint()}`), async (folder) => {
    await run("go", ["version"]).catch(() => {
      throw new Error(
        "the Pulumi CLI can't be downloaded here and Go isn't installed: install Go 1.21 or newer (any later one is fetched as a module), or put a Pulumi CLI on PATH",
      );
    });
    await step(`Pulumi engine ${engineVersion}: modules and build`, () =>
      run("go", ["build", "-ldflags", ldflags, "-o", join(folder, "pulumi"), main], {
        cwd: module,
        env: { ...process.env, GOFLAGS: "-mod=readonly -buildvcs=false" },
      }),
    );
  });
}
