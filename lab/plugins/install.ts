import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { chmod, mkdir, readFile, rename, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheDir, projectRoot } from "../paths";
import { step } from "../progress";
import { engineVersion, pluginVersions } from "../toolchain/versions";

/** A program that the engine starts: its source in the lab, and where in a PULUMI_HOME it is found. */
interface Program {
  name: string;
  main: string;
  file: string;
}

const programs: Program[] = [
  {
    name: "language-nodejs",
    main: "toolchain/language-host/main.ts",
    file: `plugins/language-nodejs-v${engineVersion}/pulumi-language-nodejs`,
  },
  // In the folders of the official versions in whose place they are.
  ...Object.entries(pluginVersions).map(([name, version]) => ({
    name,
    main: `plugins/${name}/main.ts`,
    file: `plugins/resource-${name}-v${version}/pulumi-resource-${name}`,
  })),
];

/**
 * The provider of resources whose code is in the program itself (`pulumi.dynamic`). The official CLI comes with such a
 * file beside it; the SDK of the program has the rest, and is looked for where the engine starts it: in the project.
 */
const dynamicProvider = {
  file: `plugins/resource-pulumi-nodejs-v${engineVersion}/pulumi-resource-pulumi-nodejs`,
  start: `process.stdin.on("end", () => process.exit(0)).resume();
require(require.resolve("@pulumi/pulumi/cmd/dynamic-provider", { paths: [process.cwd()] }));`,
};

/**
 * Puts the stand-in plugins and the language host into a PULUMI_HOME, where the engine finds them like official ones.
 * Each is bundled into one file in the cache, named by the content of its sources, so that a second call only compares.
 */
export async function installPlugins(pulumiHome: string): Promise<void> {
  const bundles = join(cacheDir, "plugins", sourcesHash());
  const bundled = ({ name }: Program) => join(bundles, `${name}.js`);
  const missing = programs.filter((program) => !existsSync(bundled(program)));
  if (missing.length > 0) await step("bundle the stand-in plugins", () => bundle(missing, bundles));
  await Promise.all([
    ...programs.map((program) =>
      writeExecutable(
        join(pulumiHome, program.file),
        `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(bundled(program))} "$@"\n`,
      ),
    ),
    writeExecutable(
      join(pulumiHome, dynamicProvider.file),
      `#!/bin/sh\nexec ${quoted(process.execPath)} --eval ${quoted(dynamicProvider.start)} -- dynamic-provider "$@"\n`,
    ),
  ]);
}

const lab = dirname(__dirname);

/** A hash of everything that goes into the bundles: what is in this folder and beside it, and the dependencies. */
function sourcesHash(): string {
  const hash = createHash("sha256").update(readFileSync(join(projectRoot, "package-lock.json")));
  const files = readdirSync(lab, { recursive: true, encoding: "utf8" }).map((name) => join(lab, name));
  for (const file of files.filter((file) => file.endsWith(".ts")).sort())
    hash.update(file.slice(lab.length)).update("\0").update(readFileSync(file)).update("\0");
  return hash.digest("hex").slice(0, 16);
}

async function bundle(missing: Program[], directory: string): Promise<void> {
  const { build } = await import("esbuild"); // only here: it takes as long to load as everything else
  const fresh = `${directory}.${process.pid}`;
  await build({
    entryPoints: Object.fromEntries(missing.map(({ name, main }) => [name, join(lab, main)])),
    outdir: fresh,
    bundle: true,
    platform: "node",
    target: `node${process.versions.node}`,
    // Native parts that ssh2 can do without: it loads them in a try.
    external: ["cpu-features", "*.node"],
    logLevel: "error",
  });
  await mkdir(directory, { recursive: true });
  for (const { name } of missing) await rename(join(fresh, `${name}.js`), join(directory, `${name}.js`));
  await rmdir(fresh);
}

/** Writes the file unless it is that already; in one step, since an engine may be starting it. */
async function writeExecutable(file: string, content: string): Promise<void> {
  if ((await readFile(file, "utf8").catch(() => "")) === content) return;
  await mkdir(dirname(file), { recursive: true });
  const fresh = `${file}.${process.pid}`;
  await writeFile(fresh, content);
  await chmod(fresh, 0o755);
  await rename(fresh, file);
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
