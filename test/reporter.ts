import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node";
import { failure } from "./failure";

/** What a run of vitest came to. */
export interface Outcome {
  passed: number;
  /** Tests that failed or were skipped, suites that failed outside of their tests, and errors outside of any. */
  failed: number;
  /** What failed and why, as lines: tests, and suites that failed before or after their tests. */
  failures: string[];
}

type Errors = readonly { message: string }[];
const words = (errors: Errors | undefined) => (errors ?? []).map(({ message }) => message).join("\n");

/**
 * Writes an {@link Outcome} to the file that OUTCOME names; vitest's JSON report leaves out what suites failed of. What
 * fails is said at once as well: vitest does at the end, which of the lab is an hour later.
 */
export default class OutcomeReporter implements Reporter {
  onTestCaseResult(test: TestCase): void {
    const { state, errors } = test.result();
    if (state !== "failed") return;
    process.stdout.write(`${failure(title(test), words(errors), "!").join("\n")}\n`);
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: Errors): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const failed = tests.filter((test) => test.result().state !== "passed");
    const suites = modules
      .flatMap((module): (TestModule | TestSuite)[] => [module, ...module.children.allSuites()])
      .filter((suite) => suite.errors().length > 0);
    const outcome: Outcome = {
      passed: tests.length - failed.length,
      failed: failed.length + suites.length + unhandled.length,
      failures: [
        ...suites.flatMap((suite) => failure(title(suite), words(suite.errors()))),
        ...failed.flatMap((test) =>
          failure(`${title(test)} (${test.result().state})`, words(test.result().errors)),
        ),
        ...unhandled.flatMap((error) => failure("outside of any test", words([error]))),
      ],
    };
    writeFileSync(process.env.OUTCOME!, JSON.stringify(outcome));
  }
}

function title(task: { type: string; module?: TestModule; fullName?: string }): string {
  const module = (task.module ?? task) as TestModule;
  const file = relative(process.cwd(), module.moduleId);
  return task.fullName && task !== module ? `${file} › ${task.fullName}` : file;
}
