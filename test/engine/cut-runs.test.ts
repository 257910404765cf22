import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EngineStack, exampleConfig } from "./stack";

const oneHost = exampleConfig(["a"]);

const inventory = (of: EngineStack) =>
  Object.entries(of.world.hosts)
    .flatMap(([address, { containers }]) =>
      containers.map(({ name, state }) => `${address} ${name} ${state}`),
    )
    .sort();

async function withStack(work: (stack: EngineStack) => Promise<void>): Promise<void> {
  const stack = await EngineStack.create(oneHost);
  try {
    await work(stack);
  } finally {
    await stack.remove();
  }
}

describe.concurrent("a first up whose engine is killed", { timeout: 240_000 }, () => {
  let whole: { inventory: string[]; urns: string[] };
  beforeAll(() =>
    withStack(async (stack) => {
      await stack.up();
      whole = { inventory: inventory(stack), urns: (await stack.resources()).map(({ urn }) => urn).sort() };
      expect(whole.inventory).toHaveLength(4);
    }),
  );

  // "after": the effect is there, and the engine does not know of it.
  it.each([
    ["a-prepare", "before"],
    ["a-prepare", "after"],
    ["ceph-fsid", "after"],
    ["ceph-key-mon", "after"],
    ["a-image-ceph", "after"],
    ["a-ceph-mon-a-store", "after"],
    ["ceph-mon-a-container", "before"],
    ["ceph-mon-a-container", "after"],
    ["a-ceph-osd-a-osd0-number", "after"],
    ["ceph-osd-a-osd0-container", "after"],
  ] as const)("at the creation of %s (%s) goes on at the next up", (name, when) =>
    withStack(async (cut) => {
      cut.changeWorld({
        faults: [{ name: `^${name}$`, operation: "create", when, action: "kill-engine", times: 1 }],
      });
      expect((await cut.run("up", "--yes", "--skip-preview")).code).not.toBe(0);
      expect(cut.world.faults[0]?.times).toBe(0);

      await cut.up();
      expect(inventory(cut)).toEqual(whole.inventory);
      expect((await cut.resources()).map(({ urn }) => urn).sort()).toEqual(whole.urns);
    }),
  );
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
