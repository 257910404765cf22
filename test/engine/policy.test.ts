import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clusterAnswers, EngineStack } from "./stack";
import { fullProduction, treeStack } from "./tree-stack";

const withPolicies = ["--policy-pack", "policy"];

/** Names of the policies that the engine reported, by level. */
function reported(printed: string): { mandatory: string[]; advisory: string[] } {
  const of = (level: string) =>
    [...new Set([...printed.matchAll(new RegExp(`\\[${level}\\]\\s+(?:farmstack v\\S+\\s+)?([\\w-]+)`, "g"))].map((match) => match[1] as string))].sort();
  return { mandatory: of("mandatory"), advisory: of("advisory") };
}

async function open(config: object, name: string): Promise<EngineStack> {
  const stack = await EngineStack.create(config, name);
  stack.changeWorld({ answers: [...clusterAnswers("KUBECONFIG-WITH-A-KEY"), ...stack.world.answers] });
  return stack;
}

describe("the policies, asked by the real engine", () => {
  let dev: EngineStack;
  let production: EngineStack;
  beforeAll(async () => {
    dev = await open(treeStack("dev"), "dev");
    production = await open(fullProduction(), "prod");
  });
  afterAll(() => Promise.all([dev.remove(), production.remove()]));

  it("find nothing in the dev stack as it is in the tree", async () => {
    const { code, stdout } = await dev.run("preview", ...withPolicies);
    expect(code, stdout).toBe(0);
    console.log(stdout.slice(-1500));
    expect(reported(stdout)).toEqual({ mandatory: [], advisory: [] });
  });

  it("find nothing in a production stack but the digests that nobody has looked up, before and while it is made", async () => {
    const { code, stdout } = await production.run("preview", ...withPolicies);
    expect(code, stdout).toBe(0);
    expect(reported(stdout)).toEqual({ mandatory: [], advisory: ["image-digest-known"] });
    const made = await production.up(...withPolicies);
    expect(reported(made).mandatory).toEqual([]);
  });

  it("fail a preview of images that can move and of data that is not protected", async () => {
    const images = { overrides: { ceph: "quay.io/ceph/ceph:v20.2.5" } };
    await production.configure(fullProduction({ images, protectData: false }));
    const { code, stdout } = await production.run("preview", ...withPolicies);
    expect(code).not.toBe(0);
    console.log(stdout.slice(-3500));
    expect(reported(stdout).mandatory).toEqual(["image-digest", "protected-data"]);
    expect(stdout).toContain("quay.io/ceph/ceph:v20.2.5 can be moved to other content");
  });
});
