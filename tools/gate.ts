import { readFile } from "node:fs/promises";
import { text as textOf } from "node:stream/consumers";
import { commandLine, start, withResult } from "./command-line";
import { renderMarkdown } from "./gate/markdown";
import { readPlan } from "./gate/plan";
import { renderVerdict } from "./gate/text";
import { judge, verdictExitCode } from "./gate/verdict";
import { print } from "./terminal";

// `npm run gate -- PLAN`: whether a plan deletes or replaces what holds data. This file only parses.

interface Options {
  json: boolean;
  markdown: boolean;
  allow: string[];
}

export const gate = withResult(
  commandLine(
    "gate",
    "Judges a plan: refuses one that deletes or replaces what holds data, and shows what restarts.",
  ).argument("<plan>", "file with what pulumi preview --json printed; - for standard input"),
  "0 nothing with data goes, or all of it was allowed; 2 data goes",
)
  .option("--markdown", "print it as a comment for a pull request", false)
  .option("--allow <what...>", "URN, type or logical name of a resource that may go, with its data", [])
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

start(gate, module);
