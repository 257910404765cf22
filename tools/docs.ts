import { commandLine, start, withResult } from "./command-line";
import { docsExitCode, renderDocs, updateDocs } from "./docs/pages";
import { print } from "./terminal";

// `npm run docs`: a page for each component, made of the comments in its source. This file only parses.

interface Options {
  check: boolean;
  json: boolean;
}

export const docs = withResult(
  commandLine("docs", "Writes docs/components: a page for each component, with its args and outputs.").option(
    "--check",
    "write nothing; name the pages that are not current",
    false,
  ),
  "0 all pages are current; 3 with --check, a page is not current",
).action(async ({ check, json }: Options) => {
  const result = await updateDocs(process.cwd(), check);
  print(json, result, renderDocs(result));
  process.exitCode = docsExitCode(result);
});

start(docs, module);
