import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as pulumi from "@pulumi/pulumi";
import * as exported from "../../../components";
import { engineDefaults, systemDefaults } from "../../../components/hosts/prepare";
import { stackSchema } from "../../../config/schema";
import packageJson from "../../../components/package.json";
import pluginJson from "../../../plugin/package.json";
import rootJson from "../../../package.json";

const components = join(__dirname, "..", "..", "..", "components");
const sources = readdirSync(components, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.includes("node_modules"))
  .map((file) => readFileSync(join(components, file), "utf8"));
const entry = readFileSync(join(components, "index.ts"), "utf8");

const found = (pattern: RegExp) =>
  sources.flatMap((text) => [...text.matchAll(pattern)].map(([, name]) => name as string)).sort();
const classes = found(/^export class (\w+) extends pulumi\.ComponentResource/gm);

describe("the package of the components", () => {
  it("exports every component", () => {
    expect(classes.length).toBeGreaterThanOrEqual(15);
    const isComponent = ([, value]: [string, unknown]) =>
      typeof value === "function" && value.prototype instanceof pulumi.ComponentResource;
    const names = Object.entries(exported).filter(isComponent);
    expect(names.map(([name]) => name).sort()).toEqual(classes);
  });

  it.each(classes)("exports the args of %s", (name) => {
    expect(entry).toMatch(new RegExp(`\\btype ${name}Args\\b`));
  });

  it("uses nothing outside its folder", () => {
    const outside = sources.flatMap(
      (text) => text.match(/from "(\.\.\/)+(config|lab|tools|test|plugin)\b.*/g) ?? [],
    );
    expect(outside).toEqual([]);
  });

  it("names all that it imports, in the versions that the program has", () => {
    const named = { ...packageJson.dependencies, ...packageJson.peerDependencies };
    const imported = found(/ from "((?:@[^/"]+\/)?[^./"][^/"]*)/gm).filter(
      (name) => !name.startsWith("node:"),
    );
    expect(Object.keys(named).sort()).toEqual([...new Set(imported)].sort());
    const program = rootJson.dependencies as Record<string, string>;
    for (const [name, range] of Object.entries(named))
      expect(`${name} ${range}`).toBe(`${name} ^${program[name]}`);
  });

  it("has one version, with the plugin", () => {
    expect([packageJson.version, pluginJson.version]).toEqual([rootJson.version, rootJson.version]);
  });

  it("has hosts with the defaults that the settings have", () => {
    const { engine, system } = stackSchema.shape;
    expect(engine.parse(undefined)).toEqual(engineDefaults);
    expect(system.parse(undefined)).toEqual(systemDefaults);
  });
});
