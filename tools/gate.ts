import { readFile } from "node:fs/promises";
import { text as textOf } from "node:stream/consumers";
import { Command } from "commander";
import { renderMarkdown } from "./gate/markdown";
import { readPlan } from "./gate/plan";
import { renderVerdict } from "./gate/text";
import { judge, verdictExitCode } from "./gate/verdict";
import { exitCodeOf } from "./outcome";
import { print } from "./terminal";

// `npm run gate -- PLAN`: whether a plan deletes or replaces what holds data. This file only parses.

interface Options {
  json: boolean;
  markdown: boolean;
  allow: string[];
}

const cli = new Command("npm run gate --")
  .description(
    "Judges a plan: refuses one that deletes or replaces what holds data, and shows what restarts.",
  )
  .argument("<plan>", "file with what pulumi preview --json printed; - for standard input")
  .option("--json", "print the verdict as JSON", false)
  .option("--markdown", "print it as a comment for a pull request", false)
  .option("--allow <what...>", "URN, type or logical name of a resource that may go, with its data", [])
  .addHelpText(
    "after",
    "\nExit code: 0 nothing with data goes, or all of it was allowed; 1 it is no plan, or the preview itself failed; 2 data goes.",
  )
  .action(async (file: string, { json, markdown, allow }: Options) => {
    const plan = await (file === "-" ? textOf(process.stdin) : readFile(file, "utf8"));
    const verdict = judge(readable(file, plan), allow);
    print(json, verdict, markdown ? renderMarkdown(verdict) : renderVerdict(verdict));
    process.exitCode = verdictExitCode(verdict);
  });

function readable(file: string, plan: string) {
  try {
    return readPlan(plan);
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

cli.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = exitCodeOf(error);
});
