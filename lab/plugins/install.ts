import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { chmod, mkdir, readFile, rename, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheDir, projectRoot } from "../paths";
import { step } from "../progress";

/** The stand-in plugins: their folder, which is also the package's name, and the official version in whose place they are. */
const plugins = { random: "4.21.2", command: "1.2.1", docker: "5.2.0" };

/**
 * Puts the stand-in plugins into a PULUMI_HOME, where the engine finds them like official ones. Each is bundled into one
 * file in the cache, named by the content of its sources, so that a second call only compares.
 */
export async function installPlugins(pulumiHome: string): Promise<void> {
  const bundles = join(cacheDir, "plugins", sourcesHash());
  const missing = Object.keys(plugins).filter((name) => !existsSync(join(bundles, `${name}.js`)));
  if (missing.length > 0) await step("bundle the stand-in plugins", () => bundle(missing, bundles));
  await Promise.all(
    Object.entries(plugins).map(([name, version]) => {
      const file = join(pulumiHome, "plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`);
      return writeExecutable(
        file,
        `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(join(bundles, `${name}.js`))} "$@"\n`,
      );
    }),
  );
}

/** A hash of everything that goes into the bundles: what is in this folder and beside it, and the dependencies. */
function sourcesHash(): string {
  const hash = createHash("sha256").update(readFileSync(join(projectRoot, "package-lock.json")));
  const lab = dirname(__dirname);
  const beside = readdirSync(lab).map((name) => join(lab, name));
  const inside = readdirSync(__dirname, { recursive: true, encoding: "utf8" }).map((name) =>
    join(__dirname, name),
  );
  for (const file of [...beside, ...inside].filter((file) => file.endsWith(".ts")).sort())
    hash.update(file.slice(lab.length)).update("\0").update(readFileSync(file)).update("\0");
  return hash.digest("hex").slice(0, 16);
}

async function bundle(names: string[], directory: string): Promise<void> {
  const { build } = await import("esbuild"); // only here: it takes as long to load as everything else
  const fresh = `${directory}.${process.pid}`;
  await build({
    entryPoints: Object.fromEntries(names.map((name) => [name, join(__dirname, name, "main.ts")])),
    outdir: fresh,
    bundle: true,
    platform: "node",
    target: `node${process.versions.node}`,
    // Native parts that ssh2 can do without: it loads them in a try.
    external: ["cpu-features", "*.node"],
    logLevel: "error",
  });
  await mkdir(directory, { recursive: true });
  for (const name of names) await rename(join(fresh, `${name}.js`), join(directory, `${name}.js`));
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
