import { cp, mkdir, rename, rm } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { projectRoot } from "../../lab/paths";
import { run } from "../../lab/run";

const components = join(projectRoot, "components");

/** Where `npm run build:package` puts its work; outside git. */
export const buildFolder = join(projectRoot, "build");

/** The package, ready to be installed. Its name has no version, so that what installs it needs no change with each. */
export const tarball = (folder: string): string => join(folder, "farmstack-components.tgz");

/**
 * Makes the package of components/ from its sources: JavaScript and declarations, and the scripts for hosts and pods as
 * they are.
 * @returns the tarball
 */
export async function buildPackage(folder = buildFolder): Promise<string> {
  const made = join(folder, "package");
  await rm(made, { recursive: true, force: true });
  await mkdir(made, { recursive: true });
  await run(process.execPath, [require.resolve("typescript/bin/tsc"), "-p", components, "--outDir", made]);
  await cp(components, made, {
    recursive: true,
    filter: (path) => !skipped(path),
  });
  await cp(join(projectRoot, "LICENSE"), join(made, "LICENSE"));
  const pack = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
  const [packed] = JSON.parse((await run("npm", pack, { cwd: made })).stdout) as { filename: string }[];
  await rename(join(folder, packed?.filename ?? ""), tarball(folder));
  return tarball(folder);
}

/** Sources, of which the compiler has made something else, and what another build or install has left. */
const skipped = (path: string) =>
  extname(path) === ".ts" ||
  path === join(components, "tsconfig.json") ||
  path.split("/").includes("node_modules") ||
  (dirname(path) === components && path.endsWith("package-lock.json"));
