import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../../lab/paths";

/** A page for people. */
export interface Page {
  /** From the project's root. */
  path: string;
  text: string;
}

const pageAt = (path: string): Page => ({ path, text: readFileSync(join(projectRoot, path), "utf8") });

/** Both READMEs, and all pages in docs/. */
export const pages = (): Page[] => [
  ...["README.md", "README.zh-CN.md"].map(pageAt),
  ...readdirSync(join(projectRoot, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => pageAt(join("docs", name))),
];

/** The lines of the blocks of code that are fenced, without comments. */
export const codeLines = (text: string): string[] =>
  [...text.matchAll(/^```.*\n([^]*?)^```$/gm)].flatMap(([, block = ""]) =>
    block
      .split("\n")
      .map((line) => line.replace(/(^|\s)#.*/, "").trim())
      .filter(Boolean),
  );

const withoutBlocks = (text: string) => text.replace(/^```.*\n[^]*?^```$/gm, "");

/** What stands between backticks. A line may end within. */
export const codeSpans = (text: string): string[] =>
  [...withoutBlocks(text).matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code.replaceAll("\n", " "));

/** Where links and pictures lead. */
export const linksIn = (text: string): string[] =>
  [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);

/** The names by which links lead to the headings of a page. */
export function anchorsIn(text: string): string[] {
  const seen = new Map<string, number>();
  return [...withoutBlocks(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => {
    const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const anchor = words
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(" ", "-");
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}
