import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../lab/paths";
import { anyCode, run } from "../../lab/run";
import { type BenchReport, goals, operations, type StackReport } from "../../tools/bench/report";

// Needs no lab: the plugins are in the measuring process, and reach nothing. How long it takes is never judged.

const print = (line: string) => process.stdout.write(`${line}\n`);

describe("npm run bench, in its shortest form", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "farmstack-bench-test-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("measures the stacks beside an empty program, and leaves nothing", { timeout: 1_800_000 }, async () => {
    const begun = Date.now();
    const { code, stdout, stderr } = await run(
      "npm",
      ["run", "--silent", "bench", "--", "--hosts", "3", "--repeat", "1", "--json"],
      {
        cwd: projectRoot,
        allow: anyCode,
        // Of no lab that may run here, and with what it makes where it can be seen.
        env: { ...process.env, FARMSTACK_LAB_DIR: join(folder, "lab"), TMPDIR: folder },
      },
    );
    print(`bench: ${Math.round((Date.now() - begun) / 1000)} s`);
    expect(code, stderr).toBe(0);
    const { stacks, ratios } = JSON.parse(stdout) as BenchReport;

    expect(stacks.map(({ name, hosts }) => [name, hosts])).toEqual([
      ["empty", 0],
      ["dev", 3],
      ["3 hosts", 3],
    ]);
    const [empty, dev, three] = stacks as [StackReport, StackReport, StackReport];
    expect(empty.resources).toBeLessThan(5);
    for (const { name, resources } of [dev, three]) expect(resources, name).toBeGreaterThan(50);

    // There is no image to change of the empty program.
    expect(Object.keys(empty.measured)).toEqual(operations.filter((one) => one !== "one image"));
    for (const { name, measured } of [dev, three])
      expect(Object.keys(measured), name).toEqual([...operations]);
    for (const { name, measured } of stacks)
      for (const [operation, { seconds, phases, programMiB, allMiB }] of Object.entries(measured)) {
        const what = `${name}: ${operation}`;
        expect(Object.keys(phases), what).toEqual(["engine", "sdk", "modules", "resources", "end"]);
        const parts = Object.values(phases);
        for (const part of parts) expect(part, what).toBeGreaterThanOrEqual(0);
        expect(
          parts.reduce((sum, part) => sum + part),
          what,
        ).toBeCloseTo(seconds, 1);
        expect(programMiB, what).toBeGreaterThan(20); // what Node alone takes
        // It is looked at every two seconds.
        if (seconds > 5) expect(allMiB, what).toBeGreaterThan(20);
      }
    const compared = ["dev", "3 hosts"].flatMap((name) =>
      operations.map((operation) => `${name}: ${operation} to the empty program's`),
    );
    const inProcessorTime = compared.map((what) => `${what}, processor time`);
    expect(ratios.map(({ what }) => what)).toEqual([...compared, ...inProcessorTime]);
    for (const { what, ratio } of ratios) {
      expect(ratio, what).toBeGreaterThan(0);
      print(`${what}: ${ratio.toFixed(2)}`);
    }
    expect(ratios.flatMap(({ what, goal }) => (goal === undefined ? [] : [[what, goal]]))).toEqual([
      ["dev: preview to the empty program's", goals.devPreview],
      ["dev: preview to the empty program's, processor time", goals.devPreview],
    ]);
    expect((await readdir(folder)).filter((name) => name.startsWith("farmstack-"))).toEqual([]);
  });
});
