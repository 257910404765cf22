import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type Component } from "./model";

/** Pages whose names say nothing of the folder that they are about. */
const others: Record<string, string> = {
  "harbor-contents": "harbor.md",
  linkerd: "web-app.md#in-the-mesh",
};

/** The page below docs/ that somebody wrote on a component, by the folder of its source; undefined: there is none. */
export function guideOf(root: string, { file }: Component): string | undefined {
  const folder = basename(dirname(file));
  const page = others[folder] ?? `${folder}.md`;
  return existsSync(join(root, "docs", page.replace(/#.*/, ""))) ? page : undefined;
}
