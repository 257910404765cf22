import { relative } from "node:path";
import { program } from "commander";
import { step } from "../lab/progress";
import { buildPackage } from "./package/build";
import { print } from "./terminal";

/** `npm run build:package`: components/ as a package that other projects install. */
async function main(): Promise<void> {
  program
    .name("npm run build:package --")
    .description("Makes the package farmstack-components of components/, in the folder build/.")
    .option("--json", "print the tarball's path as JSON", false)
    .parse();
  const { json } = program.opts<{ json: boolean }>();
  const tarball = await step("package: compile and pack", () => buildPackage());
  print(json, { tarball }, `npm install ${relative(process.cwd(), tarball)}`);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
