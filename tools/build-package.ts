import { relative } from "node:path";
import { step } from "../lab/progress";
import { commandLine, start, withResult } from "./command-line";
import { buildPackage } from "./package/build";
import { print } from "./terminal";

// `npm run build:package`: components/ as a package that other projects install. This file only parses.

export const build = withResult(
  commandLine(
    "build:package",
    "Makes the package farmstack-components of components/, in the folder build/.",
  ),
  "0 made",
).action(async ({ json }: { json: boolean }) => {
  const tarball = await step("package: compile and pack", () => buildPackage());
  print(json, { tarball }, `npm install ${relative(process.cwd(), tarball)}`);
});

start(build, module);
