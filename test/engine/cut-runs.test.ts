import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EngineStack } from "./stack";

describe("a first up whose engine is killed", () => {
  let whole: string[];
  let stack: EngineStack;

  const inventory = (of: EngineStack) =>
    Object.entries(of.world.hosts)
      .flatMap(([address, { containers }]) =>
        containers.map(({ name, state }) => `${address} ${name} ${state}`),
      )
      .sort();

  beforeAll(async () => {
    stack = await EngineStack.create();
    await stack.up();
    whole = inventory(stack);
    expect(whole).toHaveLength(5);
  });
  afterAll(() => stack.remove());

  // "after": the effect is there, and the engine does not know of it.
  it.each([
    ["a-prepare", "before"],
    ["b-prepare", "after"],
    ["ceph-fsid", "after"],
    ["ceph-key-mon", "after"],
    ["b-image-ceph", "after"],
    ["c-ceph-mon-c-store", "after"],
    ["ceph-mon-a-container", "after"],
    ["ceph-mon-b-container", "before"],
    ["a-ceph-quorum", "after"],
    ["ceph-mgr-b-container", "after"],
  ] as const)("at the creation of %s (%s) goes on at the next up", async (name, when) => {
    const cut = await EngineStack.create();
    try {
      cut.changeWorld({
        faults: [{ name: `^${name}$`, operation: "create", when, action: "kill-engine", times: 1 }],
      });
      expect((await cut.run("up", "--yes", "--skip-preview")).code).not.toBe(0);
      expect(cut.world.faults[0]?.times).toBe(0);

      await cut.up();
      expect(inventory(cut)).toEqual(whole);
      const { stdout, code } = await cut.run("refresh", "--yes", "--clear-pending-creates");
      expect(code, stdout).toBe(0);
      await cut.up("--expect-no-changes");
      const names = (await cut.resources()).map(({ urn }) => urn);
      expect(new Set(names).size).toBe(names.length);
    } finally {
      await cut.remove();
    }
  });

  it("never takes away a container that is not of this stack", async () => {
    const other = await EngineStack.create();
    try {
      const foreign = {
        name: "ceph-mon-a",
        id: "f".repeat(64),
        image: "x",
        state: "running" as const,
        inputs: {},
        labels: {},
      };
      other.changeWorld({
        hosts: { "192.0.2.11": { containers: [foreign], images: [], networks: [], volumes: [], files: {} } },
      });
      const { code, stdout } = await other.run("up", "--yes", "--skip-preview");
      expect(code).not.toBe(0);
      expect(stdout).toContain("a has a container ceph-mon-a that is not of this stack");
      expect(stdout).toContain("ssh root@192.0.2.11 docker inspect ceph-mon-a");
      expect(other.world.hosts["192.0.2.11"]?.containers).toEqual([foreign]);
    } finally {
      await other.remove();
    }
  });
});
