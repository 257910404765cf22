import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunResult } from "../../lab/run";
import { privilegeExceptions } from "../../policy/exceptions";
import { type Planned } from "../../policy/planned";
import { reported, withPolicies } from "./policies";
import { planFile, recorded } from "./recorded-plan";
import { clusterAnswers, EngineStack } from "./stack";
import { production, type ProductionParts, productionStack, treeStack } from "./tree-stack";

describe("the production stack of the tree", { timeout: 400_000 }, () => {
  let stack: EngineStack;
  let planned: RunResult;
  beforeAll(async () => {
    stack = await EngineStack.create(treeStack("prod"), "prod");
    planned = await stack.run("preview", ...withPolicies);
  });
  afterAll(() => stack.remove());

  // Of the dev stack, dev-stack.test.ts asks the same.
  it("has nothing that the policies find but the digests that nobody has looked up", () => {
    const { code, stdout } = planned;
    expect(code, stdout).toBe(0);
    expect(reported(stdout)).toEqual({ mandatory: [], advisory: ["image-digest-known"] });
  });

  it("is planned with storage of Kubernetes before there is a cluster or a host", () => {
    for (const name of [
      "kubernetes-objects",
      "kubernetes-storage-namespace",
      "kubernetes-storage-client",
      "kubernetes-storage-cephfs-node",
      "kubernetes-storage-class-cephfs",
      "kubernetes-storage-class-rbd",
    ])
      expect(planned.stdout).toContain(` ${name} create`);
    expect(stack.world.operations).toBe(0);
  });
});

describe("a production stack on the real engine", { timeout: 400_000 }, () => {
  let stack: EngineStack;
  const declare = (changed: Partial<ProductionParts> = {}) =>
    stack.configure(productionStack({ ...production, ...changed }));
  const plan = async (changed: Partial<ProductionParts>) => {
    await declare(changed);
    return (await stack.run("preview", "--json")).stdout;
  };
  beforeAll(async () => {
    stack = await EngineStack.create(productionStack(production), "prod");
    stack.changeWorld({ answers: [...clusterAnswers("KUBECONFIG-WITH-A-KEY"), ...stack.world.answers] });
  });
  afterAll(() => stack.remove());

  it("is refused with an image that can move and with data that is not protected", async () => {
    await declare({ cephImage: "quay.io/ceph/ceph:v20.2.5", protectData: false });
    const { code, stdout } = await stack.run("preview", ...withPolicies);
    expect(code).not.toBe(0);
    expect(reported(stdout).mandatory).toEqual(["image-digest", "protected-data"]);
    expect(stdout).toContain("quay.io/ceph/ceph:v20.2.5 can be moved to other content");
  });

  it("is made under the policies", async () => {
    await declare();
    const made = await stack.up(...withPolicies);
    expect(reported(made).mandatory).toEqual([]);
  });

  it("needs every exception that there is", async () => {
    const resources: Planned[] = (await stack.resources()).map(({ urn, type, name, inputs: props = {} }) => ({
      urn,
      type,
      name,
      props,
      protect: false,
    }));
    const { privilegesOf, ownName } = await import("../../policy/rules/privileges");
    const unused = privilegeExceptions.filter(
      ({ type, name, may }) =>
        !may.every((form) =>
          resources.some(
            (resource) =>
              resource.type === type &&
              name.test(ownName(resource)) &&
              privilegesOf(resource).some((privilege) => form.test(privilege)),
          ),
        ),
    );
    expect(unused.map(({ name }) => name)).toEqual([]);
  });

  // Read by the tests of the gate. After a change of the program: vitest run … -u, and look at what changed.
  it.each<[string, Partial<ProductionParts>]>([
    ["nothing", {}],
    ["osd-removed", { osds: ["ata-A"] }],
    ["image-changed", { cephImage: `quay.io/ceph/ceph:v20.2.5@sha256:${"5".repeat(64)}` }],
    ["app-changed", { apps: [{ ...production.apps[0], values: { GREETING: "hello" } }] }],
    ["database-removed", { databases: [] }],
    ["harbor-rotated", { harbor: { ...production.harbor, rotation: 1 } }],
    ["harbor-removed", { harbor: {} }],
  ])("is planned with %s", async (name, changed) => {
    await expect(recorded(await plan(changed))).toMatchFileSnapshot(planFile(name));
  });
});
