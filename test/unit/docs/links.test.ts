import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../../lab/paths";
import { anchorsIn, codeLines, codeSpans, linksIn, type Page, pages } from "./pages";

/** Why a link leads nowhere; undefined when it leads somewhere. Other sites are not asked. */
function problemOf(link: string, { path, text }: Page): string | undefined {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [file = "", anchor] = link.split("#");
  const target = file === "" ? path : normalize(join(dirname(path), decodeURI(file)));
  if (!existsSync(join(projectRoot, target))) return `${path}: ${link}: there is no ${target}`;
  if (anchor === undefined || !target.endsWith(".md")) return undefined;
  const there = anchorsIn(file === "" ? text : readFileSync(join(projectRoot, target), "utf8"));
  return there.includes(anchor) ? undefined : `${path}: ${link}: ${target} has no such heading`;
}

describe("a link", () => {
  const page = (text: string): Page => ({ path: "docs/a.md", text });

  it("in a page leads to a file and a heading that are there", () => {
    const all = pages();
    expect(all.length).toBeGreaterThan(20);
    expect(all.flatMap((one) => linksIn(one.text).flatMap((link) => problemOf(link, one) ?? []))).toEqual([]);
  });

  it("is found wrong when it leads nowhere", () => {
    expect(problemOf("nowhere.md", page(""))).toBe("docs/a.md: nowhere.md: there is no docs/nowhere.md");
    expect(problemOf("../README.md#nowhere", page(""))).toMatch(/has no such heading$/);
    expect(problemOf("#its-own-one", { path: "README.md", text: "## Its `own` one\n" })).toBeUndefined();
    expect(problemOf("../README.md#try-it", page(""))).toBeUndefined();
  });
});

describe("the Chinese README", () => {
  const [english, chinese] = pages() as [Page, Page];
  const each = ["README.md", "README.zh-CN.md"];

  it("has the commands, the names and the links of the English one", () => {
    expect([english.path, chinese.path]).toEqual(each);
    expect(codeLines(chinese.text)).toEqual(codeLines(english.text));
    expect(codeSpans(chinese.text).sort()).toEqual(codeSpans(english.text).sort());
    const links = ({ text }: Page) =>
      linksIn(text)
        .filter((link) => !each.includes(link))
        .sort();
    expect(links(chinese)).toEqual(links(english));
  });

  it("and the English one lead to each other at their beginning", () => {
    const beginning = ({ text }: Page) => text.split("\n").slice(0, 4).join("\n");
    expect(linksIn(beginning(english))).toEqual(["README.zh-CN.md"]);
    expect(linksIn(beginning(chinese))).toEqual(["README.md"]);
  });
});
