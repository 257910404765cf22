import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../lab/paths";
import { anyCode, run, type RunResult } from "../lab/run";
import { failure } from "./failure";
import type { Outcome } from "./reporter";

/** What the checks found out before, so that the next time they look only at what changed. */
const kept = "node_modules/.cache/farmstack";

type Check = [title: string, args: string[]];

/** Checks that count as one test each, and the vitest projects, of what can be asked for. */
const suites: Record<string, { checks: Check[]; projects: string[] }> = {
  quick: {
    checks: [
      [
        "types",
        ["tsc", "-p", "tsconfig.check.json", "--incremental", "--tsBuildInfoFile", `${kept}/types.json`],
      ],
      [
        "linter",
        ["eslint", ".", "--cache", "--cache-strategy", "content", "--cache-location", `${kept}/eslint`],
      ],
      ["format", ["prettier", "--check", ".", "--cache", "--cache-location", `${kept}/prettier`]],
    ],
    projects: ["components", "unit", "engine"],
  },
  loopback: { checks: [], projects: ["loopback"] },
  hosts: { checks: [], projects: ["lab"] },
  lab: { checks: [], projects: ["loopback", "lab"] },
};

const inherit = {
  cwd: projectRoot,
  output: "inherit" as const,
  allow: anyCode,
};

/**
 * Runs a suite; what failed stands at the end, and the last line is `N passed, N failed`. Nothing is skipped: a skipped
 * test counts as failed.
 */
async function main(suite: string, only: string[]): Promise<void> {
  const chosen = suites[suite];
  if (!chosen) throw new Error(`no suite ${suite}; there are ${Object.keys(suites).join(", ")}`);
  // Side by side: the tests leave a part of the machine idle.
  const [tests, checks] = await Promise.all([
    vitest(chosen.projects, only),
    runChecks(only.length === 0 ? chosen.checks : []),
  ]);
  const failedChecks = checks.filter(({ result }) => result.code !== 0);
  const totals: Outcome = {
    passed: tests.passed + checks.length - failedChecks.length,
    failed: tests.failed + failedChecks.length,
    failures: [
      ...tests.failures,
      ...failedChecks.flatMap(({ title, result }) => failure(title, result.stdout + result.stderr)),
    ],
  };
  for (const { title, result } of checks)
    process.stdout.write(result.code === 0 ? `✓ ${title}\n` : `${result.stdout}${result.stderr}`);
  for (const line of totals.failures) process.stdout.write(`${line}\n`);
  process.stdout.write(`${totals.passed} passed, ${totals.failed} failed\n`);
  process.exitCode = totals.failed === 0 && totals.passed > 0 ? 0 : 1;
}

async function runChecks(checks: Check[]): Promise<{ title: string; result: RunResult }[]> {
  const done = [];
  for (const [title, args] of checks) {
    done.push({
      title,
      result: await run("npx", ["--no-install", ...args], { ...inherit, output: "collect" }),
    });
  }
  return done;
}

async function vitest(projects: string[], only: string[]): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), "farmstack-tests-"));
  const report = join(folder, "outcome.json");
  const names = projects.flatMap((project) => ["--project", project]);
  const reporters = ["--reporter=default", "--reporter=./test/reporter.ts"];
  try {
    const { code } = await run("npx", ["--no-install", "vitest", "run", ...names, ...reporters, ...only], {
      ...inherit,
      env: { ...process.env, OUTCOME: report },
    });
    const text = await readFile(report, "utf8").catch(() => undefined);
    const outcome = text === undefined ? undefined : (JSON.parse(text) as Outcome);
    if (outcome && (code === 0 || outcome.failed > 0)) return outcome;
    return { passed: 0, failed: 1, failures: failure("vitest", `ended with ${code}`) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const [suite = "quick", ...only] = process.argv.slice(2);
void main(suite, only);
