import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { validate } from "../../../config";
import { keysAt } from "../../../config/outline";
import { stackSchema } from "../../../config/schema";
import { faultsOf } from "../../../config/validate";
import { exampleHostKey, projectFile, settingsInFile, smallestSettings } from "./samples";

describe.each([
  ["dev", 3],
  ["prod", 4],
] as const)("Pulumi.%s.yaml", (stack, hosts) => {
  it("lacks nothing but the host keys", () => {
    expect(faultsOf(settingsInFile(stack), stack)).toEqual(
      Array.from({ length: hosts }, (_, index) => ({
        path: `hosts[${index}].hostKey`,
        problem: `missing; run npm run hosts:trust -- --stack ${stack}`,
      })),
    );
  });

  it("is valid with them", () => {
    const settings = settingsInFile(stack);
    settings.hosts.forEach((host, index) => (host.hostKey = exampleHostKey(index)));
    expect(validate(settings).hosts).toHaveLength(hosts);
  });
});

/** Names of all settings, groups included. */
function settingNames(path: (string | number)[] = []): string[] {
  return keysAt(path).flatMap((key) => [
    key,
    ...settingNames([...path, key]),
    ...settingNames([...path, key, 0]),
  ]);
}

describe.each(["Pulumi.prod.yaml", "docs/configuration.md"])("%s", (file) => {
  it.each([...new Set(settingNames())])("has %s", (name) =>
    expect(readFileSync(projectFile(file), "utf8")).toMatch(new RegExp(`\\b${name}\\b`)),
  );
});

describe("Pulumi.yaml", () => {
  const { config } = parse(readFileSync(projectFile("Pulumi.yaml"), "utf8")) as {
    config: Record<string, { default?: unknown; description: string }>;
  };

  it("has the keys of the schema, each with a description", () => {
    expect(Object.keys(config)).toEqual(Object.keys(stackSchema.shape));
    for (const { description } of Object.values(config)) expect(description).not.toBe("");
  });

  it("has the same defaults as the schema", () => {
    const defaults = Object.fromEntries(
      Object.entries(config).flatMap(([key, value]) => ("default" in value ? [[key, value.default]] : [])),
    );
    expect(validate({ ...smallestSettings(), ...defaults })).toEqual(validate(smallestSettings()));
  });
});
