import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EngineStack, exampleConfig } from "./stack";

describe("a stack on the real engine", () => {
  let stack: EngineStack;
  beforeAll(async () => {
    stack = await EngineStack.create();
  });
  afterAll(() => stack.remove());

  it("is planned without reaching a host", async () => {
    const { code, stdout } = await stack.run("preview");
    expect(code, stdout).toBe(0);
    expect(stdout).toContain("a-prepare");
    expect(stdout).toContain("ceph-mon-c-container");
    expect(stack.world.operations).toBe(0);
  });

  it("is created in order", async () => {
    await stack.up();
    const containers = Object.entries(stack.world.hosts).map(([address, { containers }]) => [
      address,
      containers.map(({ name }) => name).sort(),
    ]);
    expect(Object.fromEntries(containers)).toEqual({
      "192.0.2.11": ["ceph-mgr-a", "ceph-mon-a"],
      "192.0.2.12": ["ceph-mgr-b", "ceph-mon-b"],
      "192.0.2.13": ["ceph-mon-c"],
    });
    const { log } = stack.world;
    const at = (name: string) => log.findIndex((entry) => entry.name === name);
    for (const [first, then] of [
      ["a-prepare", "a-image-ceph"],
      ["a-image-ceph", "a-ceph-mon-a-store"],
      ["a-ceph-mon-a-store", "ceph-mon-a-container"],
      ["a-ceph-mon-a-joined", "ceph-mon-b-container"],
      ["b-ceph-mon-b-joined", "ceph-mon-c-container"],
      ["c-ceph-mon-c-joined", "a-ceph-quorum"],
      ["a-ceph-quorum", "ceph-mgr-a-container"],
      ["a-ceph-mgr-a-active", "ceph-mgr-b-container"],
    ] as const) {
      expect(at(first), first).toBeGreaterThanOrEqual(0);
      expect(at(first), `${first} before ${then}`).toBeLessThan(at(then));
    }
    // The hosts don't wait for each other.
    const [a, b] = ["a-prepare", "b-prepare"].map((name) => log[at(name)]);
    expect(b?.start).toBeLessThan((a?.end ?? 0) + 2000);
  });

  it("has nothing left to do, nor does a refresh find anything", async () => {
    await stack.up("--expect-no-changes");
    const refresh = await stack.run("refresh", "--yes", "--expect-no-changes");
    expect(refresh.code, refresh.stdout).toBe(0);
  });

  it("finds a container that is gone, and makes it again", async () => {
    const { hosts } = stack.world;
    const host = hosts["192.0.2.12"];
    if (host) host.containers = host.containers.filter(({ name }) => name !== "ceph-mon-b");
    stack.changeWorld({ hosts });
    const refresh = await stack.run("refresh", "--yes");
    expect(refresh.stdout).toMatch(/ceph-mon-b-container.*delete/);
    expect(await stack.up()).toMatch(/ceph-mon-b-container.*create/);
    expect(stack.world.hosts["192.0.2.12"]?.containers.map(({ name }) => name)).toContain("ceph-mon-b");
  });

  it("changes one daemon at a time, each after the gate of the one before", async () => {
    const config = exampleConfig();
    config["farmstack:images"] = { overrides: { ceph: "quay.io/ceph/ceph:v20.2.5" } };
    await stack.configure(config);
    stack.changeWorld({ log: [] });
    await stack.up();
    const daemons = stack.world.log
      .filter(({ type, name }) => type.includes("Container") || /-joined|-quorum|-active/.test(name))
      .map(({ operation, name }) => `${operation} ${name}`);
    const daemon = (kind: string, host: string, gate: string) => [
      `delete ceph-${kind}-${host}-container`,
      `create ceph-${kind}-${host}-container`,
      `update ${host}-ceph-${kind}-${host}-${gate}`,
    ];
    expect(daemons).toEqual([
      ...daemon("mon", "a", "joined"),
      ...daemon("mon", "b", "joined"),
      ...daemon("mon", "c", "joined"),
      "update a-ceph-quorum",
      ...daemon("mgr", "a", "active"),
      ...daemon("mgr", "b", "active"),
    ]);
  });

  it("stops at a gate that fails, and goes on from there", async () => {
    const config = exampleConfig();
    config["farmstack:images"] = { overrides: { ceph: "quay.io/ceph/ceph:v20.2.6" } };
    await stack.configure(config);
    stack.changeWorld({
      log: [],
      faults: [
        { name: "b-ceph-mon-b-joined", operation: "update", when: "before", action: "fail", times: 1 },
      ],
    });
    await expect(stack.up()).rejects.toThrow("b-ceph-mon-b-joined");
    const replaced = () =>
      stack.world.log
        .filter(({ operation, name }) => operation === "create" && name.startsWith("ceph-"))
        .map(({ name }) => name);
    expect(replaced()).toEqual(["ceph-mon-a-container", "ceph-mon-b-container"]);
    await stack.up();
    expect(replaced().sort()).toEqual(
      ["a", "b", "c"]
        .map((host) => `ceph-mon-${host}-container`)
        .concat(["ceph-mgr-a-container", "ceph-mgr-b-container"])
        .sort(),
    );
  });

  it("has no generated secret in clear in its state or in what it prints", async () => {
    const { stdout } = await stack.pulumi(["stack", "export", "--show-secrets", "--stack", "test"]);
    const shown = JSON.parse(stdout) as {
      deployment: { resources: { type: string; outputs?: { base64?: unknown; hex?: unknown } }[] };
    };
    const secrets = shown.deployment.resources
      .filter(({ type }) => type === "random:index/randomBytes:RandomBytes")
      .flatMap(({ outputs }) => [outputs?.base64, outputs?.hex])
      .map((secret) => JSON.parse((secret as { plaintext: string }).plaintext) as string);
    expect(secrets).toHaveLength(8);
    const keys = secrets.filter((_, i) => i % 2 === 0).map((base64) => base64.replace(/=+$/, ""));
    const texts = [
      await stack.stateText(),
      (await stack.run("preview", "--diff")).stdout,
      (await stack.run("up", "--yes", "--diff", "--refresh")).stdout,
    ];
    for (const text of texts)
      for (const secret of [...secrets, ...keys]) expect(text.includes(secret)).toBe(false);
  });
});
