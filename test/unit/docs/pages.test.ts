import { existsSync, readFileSync } from "node:fs";
import { join, normalize, dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../../lab/paths";
import { linksIn, pages } from "./pages";

/** Tests that a text names as `FILE`: "NAME", "NAME", and that are not there. */
const missingTests = (text: string): string[] =>
  [...text.matchAll(/`(\w[\w-]*)`: ("[^"]+"(?:, "[^"]+")*)/g)].flatMap(([, file = "", names = ""]) => {
    const test = join(projectRoot, "test/lab", `${file}.test.ts`);
    const source = existsSync(test) ? readFileSync(test, "utf8") : "";
    return [...names.matchAll(/"[^"]+"/g)]
      .map(([name]) => name)
      .filter((name) => !source.includes(`it(${name}`))
      .map((name) => `${file}: ${name}`);
  });

describe("the documentation", () => {
  it("is all to be reached from the README", () => {
    const all = pages();
    const reached = new Set(["README.md"]);
    for (const path of reached)
      for (const link of linksIn(all.find((page) => page.path === path)?.text ?? ""))
        reached.add(normalize(join(dirname(path), link.split("#")[0] ?? "")));
    expect(all.map(({ path }) => path).filter((path) => !reached.has(path))).toEqual([]);
  });

  it("names tests that there are", () => {
    const runbooks = readFileSync(join(projectRoot, "docs/runbooks.md"), "utf8");
    expect(missingTests(runbooks)).toEqual([]);
    expect(runbooks.match(/`: "/g)?.length).toBeGreaterThan(15);
    expect(missingTests('`6-ceph`: "is quick", `4-recovery`: "brings"')).toEqual([
      '6-ceph: "is quick"',
      '4-recovery: "brings"',
    ]);
  });
});
