import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EngineStack, exampleConfig } from "./stack";

// As small as a stack can be: the engine is started again and again.
const oneHost = exampleConfig(["a"]);
Object.assign(oneHost["farmstack:ceph"], { osds: [], metadataServers: [], filesystems: [] });
Object.assign(oneHost["farmstack:ceph"], { managerModules: [], pools: [], clients: [], mounts: [] });

const inventory = (of: EngineStack) =>
  Object.entries(of.world.hosts)
    .flatMap(([address, { containers }]) =>
      containers.map(({ name, state }) => `${address} ${name} ${state}`),
    )
    .sort();

// In the order in which they are made, since each waits for the one before. "after": the effect is there, and the engine does not know of it.
const cuts = [
  ["a-prepare", "before"],
  ["a-prepare", "after"],
  ["a-image-ceph", "after"],
  ["a-ceph-mon-a-store", "after"],
  ["ceph-mon-a-container", "before"],
  ["ceph-mon-a-container", "after"],
  ["a-ceph-mon-a-back", "after"],
  ["a-ceph-quorum", "after"],
  ["a-ceph-grant-mgr-a", "after"],
  ["ceph-mgr-a-container", "after"],
] as const;

describe("a first up whose engine is killed", { timeout: 240_000 }, () => {
  let stack: EngineStack;
  beforeAll(async () => {
    stack = await EngineStack.create(oneHost);
    stack.checkpoints = true;
  });
  afterAll(() => stack.remove());

  // Each run passes the point where the one before was cut, and is cut at the next one.
  it.each(cuts)("at the creation of %s (%s) leaves what the next up goes on from", async (name, when) => {
    const fault = { name: `^${name}$`, operation: "create", when, action: "kill-engine", times: 1 } as const;
    stack.changeWorld({ faults: [fault] });
    expect((await stack.run("up", "--yes", "--skip-preview")).code).not.toBe(0);
    expect(stack.world.faults[0]?.times).toBe(0);
    const containers = inventory(stack);
    expect(new Set(containers).size).toBe(containers.length);
  });

  it("ends, after ten cuts, as one that was never cut", async () => {
    await stack.up();
    expect(inventory(stack)).toEqual(["192.0.2.11 ceph-mgr-a running", "192.0.2.11 ceph-mon-a running"]);
    const urns = (await stack.resources()).map(({ urn }) => urn);
    expect(new Set(urns).size).toBe(urns.length);
    await stack.up("--refresh", "--expect-no-changes");
  });
});

describe("a container of the same name", () => {
  let stack: EngineStack;
  beforeAll(async () => {
    stack = await EngineStack.create(oneHost);
  });
  afterAll(() => stack.remove());

  it("is never taken away when it is not of this stack", async () => {
    const foreign = {
      name: "ceph-mon-a",
      id: "f".repeat(64),
      image: "x",
      state: "running" as const,
      inputs: {},
      labels: {},
    };
    stack.changeWorld({
      hosts: { "192.0.2.11": { containers: [foreign], images: [], networks: [], volumes: [], files: {} } },
    });
    const { code, stdout } = await stack.run("up", "--yes", "--skip-preview");
    expect(code).not.toBe(0);
    expect(stdout).toContain("a has a container ceph-mon-a that is not of this stack");
    expect(stdout).toContain("ssh root@192.0.2.11 docker inspect ceph-mon-a");
    expect(stack.world.hosts["192.0.2.11"]?.containers).toEqual([foreign]);
  });
});
