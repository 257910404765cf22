import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectOrder } from "./order";
import { EngineStack, exampleConfig, smallCeph } from "./stack";

const config = (logging: object = {}) => ({
  ...exampleConfig(),
  "farmstack:ceph": smallCeph,
  "farmstack:logging": {
    hosts: ["b"],
    repository: { path: "/mnt/logs" },
    receiver: { kind: "standin" },
    entry: { port: 8443, allow: ["192.0.2.0/24"] },
    ...logging,
  },
});

describe("a stack with a log store on the real engine", { timeout: 300_000 }, () => {
  let stack: EngineStack;
  beforeAll(async () => {
    stack = await EngineStack.create(config());
  });
  afterAll(() => stack.remove());
  const steps = () =>
    stack.world.log
      .filter(({ name }) => /^(b-)?logging-/.test(name))
      .map(({ operation, name }) => `${operation} ${name}`);

  it("is made in order, and has nothing left to do", async () => {
    const { code, stdout } = await stack.run("preview", "--diff");
    expect(code, stdout).toBe(0);
    await stack.up("--diff");
    const made = steps();
    expectOrder(made, [
      ["logging-ca", "logging-elasticsearch-b-certificate"],
      ["logging-elasticsearch-b-certificate", "b-logging-elasticsearch-files"],
      ["b-logging-elasticsearch-files", "logging-elasticsearch-b-container"],
      ["logging-elasticsearch-b-container", "b-logging-elasticsearch-b-back"],
      ["b-logging-elasticsearch-b-back", "b-logging-setup"],
      ["b-logging-setup", "b-logging-keeper"],
      ["b-logging-setup", "logging-log-receiver-b-container"],
    ]);
    await stack.up("--expect-no-changes");
  });

  it("has its passwords and keys in no plan and not in clear in the state", async () => {
    const before = stack.printed;
    const { stdout: elastic } = await stack.pulumi([
      ...["stack", "output", "loggingElasticPassword", "--show-secrets", "--stack", "test"],
    ]);
    expect(elastic.trim()).toMatch(/^[A-Za-z0-9]{32}$/);
    for (const text of [before, await stack.stateText()]) {
      expect(text).not.toContain(elastic.trim());
      expect(text).not.toMatch(/BEGIN (EC )?PRIVATE KEY/);
    }
  });

  it("gives writers a new user, and the store none of it to start again for", async () => {
    stack.changeWorld({ log: [] });
    await stack.configure(config({ rotation: { writer: 1 } }));
    await stack.up("--diff");
    const done = steps();
    expect(done.join(" ")).not.toMatch(/logging-elasticsearch|logging-entry|keeper/);
    const order = [
      "create logging-writer-password-1",
      "update b-logging-setup",
      "delete logging-log-receiver-b-container",
      "create logging-log-receiver-b-container",
    ];
    expect(done.filter((step) => order.includes(step))).toEqual(order);
    await stack.up("--expect-no-changes");
  });

  it("changes its retention without touching a container", async () => {
    stack.changeWorld({ log: [] });
    await stack.configure(config({ rotation: { writer: 1 }, retention: { days: 3 } }));
    await stack.up("--diff");
    expect(steps().sort()).toEqual(["update b-logging-keeper", "update b-logging-setup"]);
  });
});
