import { basename } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The lab's files by name; vitest itself would begin with those that failed the last time. */
class LabInOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLab = ({ project }: TestSpecification) => project.name === "lab";
    const name = ({ moduleId }: TestSpecification) => basename(moduleId);
    const lab = files.filter(isLab).sort((a, b) => name(a).localeCompare(name(b)));
    return [...(await super.sort(files.filter((file) => !isLab(file)))), ...lab];
  }
}

/** For tests that build programs or bring up hosts. */
const patient = { testTimeout: 600_000, hookTimeout: 1_800_000 };

export default defineConfig({
  test: {
    maxWorkers: 3, // an engine test waits for a good part of its time
    pool: "forks", // Pulumi keeps its mocks in the process
    sequence: { sequencer: LabInOrder },
    projects: [
      // Each file with mocks has a process of its own; the others load their modules once for all of them.
      {
        extends: true,
        test: {
          name: "components",
          include: ["test/unit/components/**/*.test.ts"],
          // Some run our scripts, and all load the SDK, on a machine that may be busy.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          exclude: ["test/unit/components/**"],
          isolate: false,
          testTimeout: 60_000, // some start a program
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "engine",
          include: ["test/engine/**/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 900_000,
        },
      },
      {
        extends: true,
        // What takes no host of the lab, but this machine's loopback only: side by side, before the lab is there.
        test: {
          name: "loopback",
          include: ["test/lab/[a-z]*.test.ts", "test/plugins/[a-z]*.test.ts"],
          ...patient,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        // One lab on a machine: the files go one after the other, in the order of the numbers that their names begin with.
        test: {
          name: "lab",
          include: ["test/lab/[0-9]*.test.ts", "test/plugins/[0-9]*.test.ts"],
          ...patient,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
