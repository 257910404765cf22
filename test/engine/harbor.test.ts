import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectOrder } from "./order";
import { EngineStack, exampleConfig, smallCeph } from "./stack";

const config = (harbor: object = {}) => {
  const base = exampleConfig(["a"]);
  return {
    ...base,
    "farmstack:ceph": smallCeph,
    "farmstack:harbor": {
      host: "a",
      hostname: "registry.example.com",
      scanner: {},
      ports: { metrics: 9091 },
      ...harbor,
    },
  };
};

describe("a stack with Harbor on the real engine", { timeout: 300_000 }, () => {
  let stack: EngineStack;
  beforeAll(async () => {
    stack = await EngineStack.create(config());
  });
  afterAll(() => stack.remove());
  const steps = () =>
    stack.world.log
      .map(({ operation, name }) => `${operation} ${name}`)
      .filter((step) => step.includes("harbor"));

  it("is planned, made in order, and has nothing left to do", async () => {
    const { code, stdout, stderr } = await stack.run("preview", "--diff");
    expect(code, stdout + stderr).toBe(0);
    await stack.up("--diff");
    const made = steps();
    expectOrder(made, [
      ["a-harbor-directories", "harbor-database-container"],
      ["harbor-database-container", "a-harbor-stores-healthy"],
      ["a-harbor-stores-healthy", "harbor-registry-container"],
      ["a-harbor-registry-healthy", "harbor-core-container"],
      ["a-harbor-database-password-set", "harbor-core-container"],
      ["a-harbor-core-healthy", "harbor-jobservice-container"],
      ["a-harbor-parts-healthy", "harbor-proxy-container"],
      ["a-harbor-entry-healthy", "a-harbor-version"],
    ]);
    await stack.up("--expect-no-changes");
  });

  it("has no secret in clear in its state or in anything that was printed", async () => {
    const { printed } = stack; // the export below prints them
    const { stdout } = await stack.pulumi(["stack", "export", "--show-secrets", "--stack", "test"]);
    const { deployment } = JSON.parse(stdout) as {
      deployment: {
        resources: { urn: string; type: string; outputs?: Record<string, { plaintext?: string }> }[];
      };
    };
    const secrets = deployment.resources
      .filter(
        ({ type, urn }) => type === "random:index/randomPassword:RandomPassword" && urn.includes("::harbor-"),
      )
      .map(({ outputs }) => JSON.parse(outputs?.result?.plaintext ?? '""') as string);
    expect(secrets.length).toBeGreaterThanOrEqual(10);
    for (const text of [await stack.stateText(), printed])
      for (const secret of secrets) expect(text.includes(secret), secret.slice(0, 3)).toBe(false);
  });

  it("rotates all by which its parts know each other, and keeps what encrypts", async () => {
    stack.changeWorld({ log: [] });
    await stack.configure(config({ rotation: 1 }));
    await stack.up("--diff");
    const done = steps();
    expect(done).toContain("create harbor-admin-1");
    expect(done.join(" ")).not.toMatch(/(create|delete) harbor-(secret-key|admin-0|token|ca)/);
    await stack.up("--expect-no-changes");
  });

  it("stops before anything is touched when another version has no backup", async () => {
    stack.changeWorld({
      log: [],
      answers: [
        { match: "version='2\\.14\\.4'", code: 1, stdout: "there is no backup" },
        ...stack.world.answers,
      ],
    });
    await stack.configure(config({ version: "2.14.4", rotation: 1 }));
    const { code, stdout, stderr } = await stack.run("up", "--yes", "--skip-preview");
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain("there is no backup");
    expect(steps().filter((step) => step.includes("-container"))).toEqual([]);
  });
});
