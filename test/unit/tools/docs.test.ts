import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { projectRoot } from "../../../lab/paths";
import { type DocsResult, docsExitCode, renderDocs, updateDocs } from "../../../tools/docs/pages";
import { runProgram } from "../../program";

/** A component with what is hard to read: a name of words, an object within an object, what it inherits. */
const kettle = `
import * as pulumi from "@pulumi/pulumi";
import { type Cup } from "./cup";
import { Stove } from "./stove";

export interface KettleArgs {
  /** The stove | that it stands on. */
  stove: Stove;
  /** What it is poured into. @default none */
  cups?: Partial<Cup>[];
  /** When it whistles. @default never */
  whistle?: {
    /** Degrees, at most 100. @default 96 */
    at?: number;
    /** How loud. */
    how: { decibels: number };
  };
}

export interface Hot {
  /** Degrees, when it is done. */
  heat: pulumi.Output<number>;
}

/** A kettle. It boils. */
export class Kettle extends pulumi.ComponentResource implements Hot {
  public readonly heat: pulumi.Output<number>;
  /** What to type to see it. */
  public readonly healthCommand = "look " + "at it";
  private readonly lid = 1;

  constructor(name: string, private readonly args: KettleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("test:kitchen:Kettle", name, {}, opts);
  }

  /** Pours into a cup. */
  public pour(cup: Cup, slowly = false): pulumi.Output<string> {}
}
`;
const cup = `
const colours = ["white", "blue"] as const;
/** What it looks like. */
export type Colour = (typeof colours)[number];
export interface Cup {
  /** Its size, millilitres. @default 250 */
  size: number;
  /** Its colour. @default white */
  colour: Colour;
  /** Colours that it must not have. @default the colours of other cups */
  not: Colour[];
}
`;
const stove = `
import * as pulumi from "@pulumi/pulumi";
class Base extends pulumi.ComponentResource {}
export interface StoveArgs {
  /** Gas, or what replaces it. @default "natural gas" */
  fuel?: string;
}
/** A stove. */
export class Stove extends Base {
  constructor(name: string, args: StoveArgs) {
    super("test:kitchen:Stove", name);
  }
}
export class NotAComponent {}
`;

const roots: string[] = [];
afterEach(() => roots.splice(0).forEach((root) => rmSync(root, { recursive: true })));

function kitchen(files: Record<string, string> = {}): string {
  const root = mkdtempSync(join(tmpdir(), "docs-"));
  roots.push(root);
  const all = { "kettle.ts": kettle, "cup.ts": cup, "stove.ts": stove, ...files };
  for (const [name, text] of Object.entries(all)) {
    const file = join(root, "components/kitchen", name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return root;
}

const page = (root: string, name: string) => readFileSync(join(root, "docs/components", name), "utf8");
const lines = (text: string) => text.split("\n").map((line) => line.replaceAll(/ +/g, " "));

describe("the pages of the components", () => {
  it("are what the sources say, for each component, and no arg is without a comment", async () => {
    const { changed, faults, pages } = await updateDocs(projectRoot, true);
    expect({ changed, faults }).toEqual({ changed: [], faults: [] });
    const folder = join(projectRoot, "components");
    const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(join(folder, file), "utf8"));
    const classes = sources.flatMap(
      (text) => text.match(/^export class \w+ extends pulumi\.ComponentResource/gm) ?? [],
    );
    expect(classes.length).toBeGreaterThan(10);
    expect(pages).toHaveLength(classes.length + 1);
  }, 120_000);
});

describe("a page", () => {
  it("has the token, the args with defaults, the outputs, and tables of what they are made of", async () => {
    const root = kitchen({ "../../docs/kitchen.md": "# By hand\n" });
    const result = await updateDocs(root, false);
    expect(result.faults).toEqual([]);
    const text = lines(page(root, "kettle.md"));
    expect(text).toContain(
      "`test:kitchen:Kettle`, in [components/kitchen/kettle.ts](../../components/kitchen/kettle.ts). How it is used: [docs/kitchen.md](../kitchen.md).",
    );
    expect(text).toContain("A kettle. It boils.");
    expect(text).toContain("new Kettle(name: string, args: KettleArgs, opts?: ComponentResourceOptions)");
    expect(text).toContain(
      "| `stove` | [`Stove`](stove.md) | **required** | The stove \\| that it stands on. |",
    );
    expect(text).toContain("| `cups` | [`Partial<Cup>[]`](#cup) | none | What it is poured into. |");
    expect(text).toContain("| `whistle` | [`{…}`](#kettleargswhistle) | never | When it whistles. |");
    expect(text).toContain("| `at` | `number` | `96` | Degrees, at most 100. |");
    expect(text).toContain("| `how` | `{ decibels: number }` | **required** | How loud. |");
    expect(text).toContain(
      '| `colour` | `"blue" \\| "white"` | **required**; `white` in a stack\'s settings | Its colour. |',
    );
    expect(text).toContain(
      '| `not` | `("blue" \\| "white")[]` | **required**; the colours of other cups in a stack\'s settings | Colours that it must not have. |',
    );
    expect(text).toContain("| `heat` | `Output<number>` | Degrees, when it is done. |");
    expect(text).toContain("| `healthCommand` | `string` | What to type to see it. |");
    expect(text).toContain("| `pour(cup: Cup, slowly?: boolean): Output<string>` | Pours into a cup. |");
    expect(text.join("\n")).not.toMatch(/lid|NotAComponent/);
    expect(lines(page(root, "stove.md"))).toContain(
      '| `fuel` | `string` | `"natural gas"` | Gas, or what replaces it. |',
    );
  });

  it("takes args that are one of two", async () => {
    const args =
      "/** Gas, or wood. */\nexport type StoveArgs = { gas: number } | { wood: number };\nclass Old {}";
    const root = kitchen({ "stove.ts": stove.replace(/export interface StoveArgs \{[^]*?\n\}/, args) });
    await updateDocs(root, false);
    const text = page(root, "stove.md");
    expect(text).toContain("## Args\n\nGas, or wood.\n\nStands for `{ gas: number } | { wood: number }`.\n");
  });

  it("calls what is Partial everywhere optional", async () => {
    const root = kitchen({ "kettle.ts": kettle.replace(/ {2}\/\*\* Pours[^]*?\{\}\n/, "") });
    await updateDocs(root, false);
    expect(lines(page(root, "kettle.md"))).toContain(
      "| `size` | `number` | `250` | Its size, millilitres. |",
    );
  });

  it("is the same when it is written again", async () => {
    const root = kitchen();
    await updateDocs(root, false);
    const first = page(root, "kettle.md");
    rmSync(join(root, "docs"), { recursive: true });
    await updateDocs(root, false);
    expect(page(root, "kettle.md")).toBe(first);
  });
});

describe("a check", () => {
  it("passes right after the pages were written", async () => {
    const root = kitchen();
    expect(docsExitCode(await updateDocs(root, false))).toBe(0);
    const result = await updateDocs(root, true);
    expect(renderDocs(result)).toBe("✓ 3 pages, all current");
    expect(docsExitCode(result)).toBe(0);
  });

  it("names the page of a component whose arg is another, and writes nothing", async () => {
    const root = kitchen();
    await updateDocs(root, false);
    const before = page(root, "kettle.md");
    writeFileSync(join(root, "components/kitchen/kettle.ts"), kettle.replace("@default 96", "@default 97"));
    const result = await updateDocs(root, true);
    expect(result.changed).toEqual(["docs/components/kettle.md"]);
    expect(renderDocs(result)).toBe("docs/components/kettle.md: not current\nWrite them anew: npm run docs");
    expect(docsExitCode(result)).toBe(3);
    expect(page(root, "kettle.md")).toBe(before);
  });

  it("names the page of a component that is gone; it is removed when they are written", async () => {
    const root = kitchen();
    await updateDocs(root, false);
    rmSync(join(root, "components/kitchen/kettle.ts"));
    expect((await updateDocs(root, true)).changed).toEqual([
      "docs/components/README.md",
      "docs/components/kettle.md",
    ]);
    await updateDocs(root, false);
    expect(readdirSync(join(root, "docs/components")).sort()).toEqual(["README.md", "stove.md"]);
  });

  it("fails for what has no comment or no default, in nested objects and outputs too", async () => {
    const root = kitchen({
      "kettle.ts": kettle
        .replace("/** How loud. */", "")
        .replace(" @default never", "")
        .replace("/** What to type to see it. */", "")
        .replace("/** Pours into a cup. */", ""),
      "cup.ts": cup.replace("/** Its size, millilitres. @default 250 */", ""),
    });
    const result = await updateDocs(root, false);
    const file = "components/kitchen/kettle.ts:";
    expect(result.faults).toEqual([
      `${file} KettleArgs.whistle may be left out and has no @default`,
      "components/kitchen/cup.ts: Cup.size has no doc comment",
      `${file} KettleArgs.whistle.how has no doc comment`,
      `${file} Kettle.healthCommand has no doc comment`,
      `${file} Kettle.pour has no doc comment`,
    ]);
    expect(docsExitCode(result)).toBe(1);
  });

  it("is npm run docs -- --check, which ends with 3", async () => {
    const { scripts } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    expect(scripts.docs).toBe("node --require tsx/cjs tools/docs.ts");
    const root = kitchen();
    const { code, stdout } = await runProgram("tools/docs.ts", ["--check", "--json"], { cwd: root });
    expect(code).toBe(3);
    expect((JSON.parse(stdout) as DocsResult).changed).toContain("docs/components/kettle.md");
    expect(readdirSync(root)).toEqual(["components"]);
  }, 120_000);

  it("fails for a component that does not name its args or its token", async () => {
    const message =
      "components/kitchen/stove.ts: Stove has no constructor that names its type token and its args";
    const without = [
      stove.replace(/ {2}constructor[^]*?\n {2}\}\n/, ""),
      stove.replace('"test:kitchen:Stove", ', ""),
    ];
    for (const text of without)
      await expect(updateDocs(kitchen({ "stove.ts": text }), true)).rejects.toThrow(message);
  });
});
