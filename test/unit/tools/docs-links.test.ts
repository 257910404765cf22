import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../../lab/paths";

const docs = readdirSync(join(projectRoot, "docs"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".md"))
  .map((file) => join(projectRoot, "docs", file));
const pages = [join(projectRoot, "README.md"), ...docs];
const read = (file: string) => readFileSync(file, "utf8");

/** As GitHub makes them of headings. */
const anchorsOf = (text: string) =>
  withoutCode(text)
    .split("\n")
    .filter((line) => /^#+ /.test(line))
    .map((line) => line.replace(/^#+ /, "").replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1"))
    .map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, "")
        .replaceAll(" ", "-"),
    );

const withoutCode = (text: string) => text.replaceAll(/^```[^]*?^```/gm, "");

/** Links to files and headings of the tree that lead nowhere. */
function deadLinks(page: string, text = read(page)): string[] {
  const targets = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  return targets.filter((target) => {
    if (/^[a-z]+:/.test(target)) return false;
    const [path = "", anchor] = target.split("#");
    const file = path ? join(dirname(page), path) : page;
    if (!existsSync(file)) return true;
    return anchor !== undefined && !anchorsOf(file === page ? text : read(file)).includes(anchor);
  });
}

/** Tests that a text names as `FILE`: "NAME", "NAME", and that are not there. */
const missingTests = (text: string): string[] =>
  [...text.matchAll(/`(\w[\w-]*)`: ("[^"]+"(?:, "[^"]+")*)/g)].flatMap(([, file = "", names = ""]) => {
    const test = join(projectRoot, "test/lab", `${file}.test.ts`);
    const source = existsSync(test) ? read(test) : "";
    return [...names.matchAll(/"[^"]+"/g)]
      .map(([name]) => name)
      .filter((name) => !source.includes(`it(${name}`))
      .map((name) => `${file}: ${name}`);
  });

describe("the documentation", () => {
  it("has no link that leads nowhere", () => {
    const dead = pages.flatMap((page) =>
      deadLinks(page).map((target) => `${relative(projectRoot, page)}: ${target}`),
    );
    expect(dead).toEqual([]);
  });

  it("is all to be reached from the README", () => {
    const linked = new Set([join(projectRoot, "README.md")]);
    for (const page of linked)
      for (const [, target = ""] of read(page).matchAll(/\]\(([^)\s#]+\.md)/g))
        if (!/^[a-z]+:/.test(target)) linked.add(join(dirname(page), target));
    expect(docs.filter((page) => !linked.has(page)).map((page) => relative(projectRoot, page))).toEqual([]);
  });

  it("names tests that there are", () => {
    const runbooks = read(join(projectRoot, "docs/runbooks.md"));
    expect(missingTests(runbooks)).toEqual([]);
    expect(runbooks.match(/`: "/g)?.length).toBeGreaterThan(15);
  });

  it("would be told of a link or a test that is not there", () => {
    const page = join(projectRoot, "docs/hosts.md");
    const text =
      "# A b\n[1](#a-b) [2](#c) [3](none.md) [4](ceph.md#settings) [5](ceph.md#none) [6](https://a.b/c)";
    expect(deadLinks(page, text)).toEqual(["#c", "none.md", "ceph.md#none"]);
    expect(missingTests('`6-ceph`: "is quick", `4-recovery`: "brings"')).toEqual([
      '6-ceph: "is quick"',
      '4-recovery: "brings"',
    ]);
  });
});
