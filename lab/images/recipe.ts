import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ModuleName } from "../kubernetes/modules";
import { type Release } from "./base";

/** An image of the lab: the folder `lab/images/<name>` says how it is made. */
export interface Image {
  name: string;
  /** Version of what is in it. */
  version: string;
  /** Name and tag in the engine: another recipe is another tag. */
  tag: string;
  /** Debian that it stands on. @default the hosts' */
  release?: Release;
  /** Modules whose programs are built here and go into the image: its recipe finds them in `bin/`. @default none */
  modules?: ModuleName[];
  /** Gives a folder with what else goes into `bin/`. @default nothing */
  build?: () => Promise<string>;
}

/** First 12 digits of the hash over names and contents of a recipe's files and what else goes into the image. */
export function recipeHash(files: Record<string, string>, others: string[] = []): string {
  const hash = createHash("sha256");
  for (const name of Object.keys(files).sort()) hash.update(JSON.stringify([name, files[name]]));
  hash.update(JSON.stringify(others));
  return hash.digest("hex").slice(0, 12);
}

/** The files of a recipe by name. */
export function recipeFiles(name: string): Record<string, string> {
  const folder = join(__dirname, name);
  return Object.fromEntries(
    readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")]),
  );
}

/** The image that a recipe gives when it is made of `others` (its base, a mirror). */
export function imageOf(name: string, version: string, others: string[]): Image {
  return { name, version, tag: `farmstack-lab/${name}:${version}-${recipeHash(recipeFiles(name), others)}` };
}
