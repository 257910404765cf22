import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { exitCodes } from "../outcome";
import { faultsOf } from "./faults";
import { guideOf } from "./guide";
import { renderIndex } from "./index-page";
import { pageName, renderPage } from "./page";
import { readComponents } from "./read";
import { parseTree } from "./tree";

const folder = "docs/components";

export interface DocsResult {
  /** All pages that there have to be. */
  pages: string[];
  /** Pages that were missing, other than they have to be, or of no component; without `check` they are right now. */
  changed: string[];
  /** What the sources leave unsaid. */
  faults: string[];
  check: boolean;
}

/** Writes the pages of all components below a root, removes those of none; with `check` only compares. */
export async function updateDocs(root: string, check: boolean): Promise<DocsResult> {
  const { pages, faults } = await wanted(root);
  const there = existsSync(join(root, folder))
    ? readdirSync(join(root, folder)).filter((file) => file.endsWith(".md"))
    : [];
  const names = new Set([...pages.keys(), ...there.map((file) => `${folder}/${file}`)]);
  const changed = [...names].filter((name) => textOf(join(root, name)) !== pages.get(name)).sort();
  if (!check) {
    mkdirSync(join(root, folder), { recursive: true });
    for (const name of changed) {
      const text = pages.get(name);
      if (text === undefined) rmSync(join(root, name));
      else writeFileSync(join(root, name), text);
    }
  }
  return { pages: [...pages.keys()], changed, faults, check };
}

async function wanted(root: string) {
  const components = readComponents(parseTree(root));
  const texts = new Map([
    [`${folder}/README.md`, renderIndex(components)],
    ...components.map((component): [string, string] => [
      `${folder}/${pageName(component.name)}`,
      renderPage(component, guideOf(root, component)),
    ]),
  ]);
  const style = await resolveConfig(join(root, "README.md"));
  const pages = new Map<string, string>();
  for (const [name, text] of texts) pages.set(name, await format(text, { ...style, parser: "markdown" }));
  return { pages, faults: [...new Set(components.flatMap(faultsOf))] };
}

const textOf = (file: string): string | undefined =>
  existsSync(file) ? readFileSync(file, "utf8") : undefined;

export function renderDocs({ pages, changed, faults, check }: DocsResult): string {
  const count = `${pages.length} ${pages.length === 1 ? "page" : "pages"}`;
  const what = check ? "not current" : "written";
  return [
    ...changed.map((name) => `${name}: ${what}`),
    ...faults.map((fault) => `✗ ${fault}`),
    ...(check && changed.length > 0 ? ["Write them anew: npm run docs"] : []),
    ...(changed.length === 0 && faults.length === 0 ? [`✓ ${count}, all current`] : []),
  ].join("\n");
}

export function docsExitCode({ changed, faults, check }: DocsResult): number {
  if (faults.length > 0) return exitCodes.failed;
  return check && changed.length > 0 ? exitCodes.unfinished : exitCodes.done;
}
