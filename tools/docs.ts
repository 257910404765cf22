import { Command } from "commander";
import { docsExitCode, renderDocs, updateDocs } from "./docs/pages";
import { exitCodeOf } from "./outcome";
import { print } from "./terminal";

// `npm run docs`: a page for each component, made of the comments in its source. This file only parses.

interface Options {
  check: boolean;
  json: boolean;
}

const cli = new Command("npm run docs --")
  .description("Writes docs/components: a page for each component, with its args and outputs.")
  .option("--check", "write nothing; name the pages that are not current", false)
  .option("--json", "print the result as JSON", false)
  .addHelpText(
    "after",
    "\nExit code: 0 all pages are current; 1 an arg or an output has no comment; 3 with --check, a page is not current.",
  )
  .action(async ({ check, json }: Options) => {
    const result = await updateDocs(process.cwd(), check);
    print(json, result, renderDocs(result));
    process.exitCode = docsExitCode(result);
  });

cli.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = exitCodeOf(error);
});
