import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EngineStack, exampleConfig } from "./stack";

describe("a faulty configuration", () => {
  let stack: EngineStack;
  beforeAll(async () => {
    stack = await EngineStack.create();
  });
  afterAll(() => stack.remove());

  it("is refused with a line for each fault, no stack trace, and nothing is created", async () => {
    const config = exampleConfig() as unknown as Record<
      string,
      Record<string, unknown> & Record<string, unknown>[]
    >;
    Object.assign(config["farmstack:hosts"]?.[1] ?? {}, { adress: "192.0.2.12", address: undefined });
    Object.assign(config["farmstack:hosts"]?.[2] ?? {}, { hostKey: "nonsense" });
    Object.assign(config["farmstack:ceph"] ?? {}, { keyType: "aes255k", managers: ["d"] });
    Object.assign(config, { "farmstack:dataDirectroy": "/data" });
    await stack.configure(config);
    const { code, stdout, stderr } = await stack.run("up", "--yes", "--skip-preview");
    expect(code).not.toBe(0);
    const lines = (stdout + stderr).split("\n").map((line) => line.trim().replace(/^error: /, ""));
    const faults = [...new Set(lines.filter((line) => /^(hosts|ceph|data)[^ ]*: /.test(line)))];
    expect(faults).toMatchSnapshot();
    expect(faults).toHaveLength(5);
    expect(stdout + stderr).not.toMatch(/^\s+at /m);
    expect(stack.world.operations).toBe(0);
  });
});
