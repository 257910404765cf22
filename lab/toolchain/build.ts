import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheDir } from "../paths";
import { step } from "../progress";
import { run } from "../run";
import { engineVersion } from "./versions";

/** A program that is built from Go modules: go.mod and go.sum beside this file pin everything in it. */
interface GoProgram {
  title: string;
  binary: string;
  module: string;
  package: string;
  ldflags?: string;
}

const programs: GoProgram[] = [
  {
    title: `Pulumi engine ${engineVersion}`,
    binary: "pulumi",
    module: join(__dirname, "engine"),
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    ldflags: `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${engineVersion}`,
  },
  {
    title: "Pulumi Node language host",
    binary: "pulumi-language-nodejs",
    module: join(__dirname, "language-host"),
    package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
  },
];

/** Names the build: another go.sum or another flag is another folder in the cache. */
function fingerprint(): string {
  const hash = createHash("sha256");
  for (const program of programs) {
    for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(join(program.module, file)));
    hash.update(JSON.stringify([program.package, program.ldflags ?? ""]));
  }
  return hash.digest("hex").slice(0, 12);
}

/**
 * The folder that holds `pulumi` and its Node language host, built from their Go modules.
 * Built once and kept in the cache; a build that was cut leaves nothing that the next one would take for whole.
 */
export async function builtToolchain(): Promise<string> {
  const folder = join(cacheDir, "toolchain", `${engineVersion}-${fingerprint()}`);
  if (existsSync(folder)) return folder;

  await run("go", ["version"]).catch(() => {
    throw new Error(
      "the Pulumi CLI can't be downloaded here and Go isn't installed: install Go 1.21 or newer (any later one is fetched as a module), or put a Pulumi CLI on PATH",
    );
  });
  const building = `${folder}.${process.pid}`;
  await mkdir(building, { recursive: true });
  try {
    for (const program of programs) await build(program, building);
    await rename(building, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error; // another run was quicker: its build is as good
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return folder;
}

async function build(program: GoProgram, folder: string): Promise<void> {
  await step(`${program.title}: download of its modules and build`, () =>
    run(
      "go",
      ["build", "-trimpath", "-ldflags", program.ldflags ?? "", "-o", join(folder, program.binary), program.package],
      { cwd: program.module, env: { ...process.env, GOFLAGS: "-mod=readonly -buildvcs=false" } },
    ),
  );
}
