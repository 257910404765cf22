import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { privilegeExceptions } from "../../policy/exceptions";
import { type Planned } from "../../policy/planned";
import { planFile, recorded } from "./recorded-plan";
import { clusterAnswers, EngineStack } from "./stack";
import { production, type ProductionParts, productionStack, treeStack } from "./tree-stack";

const withPolicies = ["--policy-pack", "policy"];

/** Names of the policies that the engine reported, by level. */
function reported(printed: string): { mandatory: string[]; advisory: string[] } {
  const of = (level: string) => [
    ...new Set([...printed.matchAll(new RegExp(`\\[${level}\\] +([\\w-]+)`, "g"))].map(([, name]) => name)),
  ];
  return { mandatory: (of("mandatory") as string[]).sort(), advisory: (of("advisory") as string[]).sort() };
}

async function open(config: object, name: string): Promise<EngineStack> {
  const stack = await EngineStack.create(config, name);
  stack.changeWorld({ answers: [...clusterAnswers("KUBECONFIG-WITH-A-KEY"), ...stack.world.answers] });
  return stack;
}

describe("the policies, asked by the real engine", { timeout: 400_000 }, () => {
  it("find nothing in the dev stack as it is in the tree", async () => {
    const stack = await open(treeStack("dev"), "dev");
    const { code, stdout } = await stack.run("preview", ...withPolicies);
    await stack.remove();
    expect(code, stdout).toBe(0);
    expect(reported(stdout)).toEqual({ mandatory: [], advisory: [] });
  });

  it("find nothing in the production stack of the tree but the digests that nobody has looked up", async () => {
    const stack = await open(treeStack("prod"), "prod");
    const { code, stdout } = await stack.run("preview", ...withPolicies);
    await stack.remove();
    expect(code, stdout).toBe(0);
    expect(reported(stdout)).toEqual({ mandatory: [], advisory: ["image-digest-known"] });
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
    stack = await open(productionStack(production), "prod");
  });
  afterAll(() => stack.remove());

  it("is refused with an image that can move and with data that is not protected", async () => {
    await declare({ cephImage: "quay.io/ceph/ceph:v20.2.5", protectData: false });
    const { code, stdout } = await stack.run("preview", ...withPolicies);
    expect(code).not.toBe(0);
    expect(reported(stdout).mandatory).toEqual(["image-digest", "protected-data"]);
    expect(stdout).toContain("quay.io/ceph/ceph:v20.2.5 can be moved to other content");
  });

  it("needs every exception that there is", async () => {
    const { steps } = JSON.parse(await plan({})) as {
      steps: { urn: string; newState: { type: string; inputs?: Record<string, unknown> } }[];
    };
    const resources: Planned[] = steps.map(({ urn, newState: { type, inputs = {} } }) => ({
      urn,
      type,
      name: urn.split("::").pop() ?? "",
      props: inputs,
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

  it("is made under the policies", async () => {
    await declare();
    const made = await stack.up(...withPolicies);
    expect(reported(made).mandatory).toEqual([]);
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
