import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { InvalidArgumentError } from "commander";
import { step } from "../lab/progress";
import { MeasuredStack } from "./bench/measure";
import { type BenchReport, type Operation, renderReport, reportOf, type StackReport } from "./bench/report";
import { devConfig, hostsConfig, withOtherImage } from "./bench/stacks";
import { commandLine, start, withResult } from "./command-line";
import { print } from "./terminal";

// `npm run bench`: what the program costs, as ratios to an empty one in the same run.

export const bench = commandLine(
  "bench",
  "Measures previews and ups of stacks of several sizes against those of an empty program, on the same engine, with plugins that reach nothing. Takes minutes.",
)
  .option("--hosts <numbers>", "sizes, with commas between them", numbers, [3, 30, 300])
  .option("--repeat <times>", "how often previews are measured; the median counts", number, 3)
  .option("--profile <folder>", "write a CPU profile of a further preview of each stack there");

withResult(
  bench,
  "0 measured, whatever came of it",
  `It reaches no host and touches no stack; where there is no toolchain yet, it is built first. Only ratios within one run
mean something.`,
).action(async ({ hosts, json, ...how }: { hosts: number[]; json: boolean } & How) => {
  // Only the stand-in plugins can be without hosts, wherever official ones could be had.
  process.env.FARMSTACK_TOOLCHAIN = "built";
  if (how.profile) await mkdir(how.profile, { recursive: true });
  const stacks: StackReport[] = [
    await measureAll("empty", 0, {}, how, join(__dirname, "bench", "empty")),
    await measureAll("dev", 3, devConfig(), how),
  ];
  for (const count of hosts) stacks.push(await measureAll(`${count} hosts`, count, hostsConfig(count), how));
  const report: BenchReport = reportOf(stacks);
  print(json, report, renderReport(report));
});

interface How {
  repeat: number;
  profile?: string;
}

async function measureAll(
  name: string,
  hosts: number,
  config: Record<string, unknown>,
  { repeat, profile }: How,
  folder?: string,
): Promise<StackReport> {
  const stack = await MeasuredStack.create(config, folder);
  const measured: StackReport["measured"] = {};
  const measure = async (operation: Operation, command: "preview" | "up", times = 1) => {
    const all = [];
    for (let time = 0; time < times; time++)
      all.push(await step(`${name}: ${operation}`, () => stack.measure(command)));
    measured[operation] = all.sort((a, b) => a.seconds - b.seconds)[Math.floor(all.length / 2)];
  };
  try {
    await measure("first preview", "preview");
    await measure("full up", "up");
    const resources = await stack.resources();
    await measure("preview", "preview", hosts > 100 ? 1 : repeat);
    if (profile) await stack.measure("preview", resolve(profile, `${name.replace(" ", "-")}.cpuprofile`));
    await measure("no-op up", "up");
    if (hosts > 0) {
      await stack.configure(withOtherImage(config));
      await measure("one image", "up");
    }
    return { name, hosts, resources, measured };
  } finally {
    await stack.remove();
  }
}

function number(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("expected a whole number, at least 1");
  return Number(text);
}

function numbers(text: string): number[] {
  return text.split(",").map(number);
}

start(bench, module);
