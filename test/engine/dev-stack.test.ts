import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { draw } from "../../tools/diagram/draw";
import { parseState } from "../../tools/state";
import { pictureFile, record } from "../unit/tools/diagram/recorded";
import { expectOrder } from "./order";
import { reported, withPolicies } from "./policies";
import { clusterAnswers, EngineStack } from "./stack";
import { treeStack } from "./tree-stack";

describe("the dev stack on the real engine", () => {
  let stack: EngineStack;
  beforeAll(async () => {
    stack = await EngineStack.create(treeStack("dev"), "dev");
    stack.changeWorld({ answers: [...clusterAnswers("KUBECONFIG-WITH-A-KEY"), ...stack.world.answers] });
  });
  afterAll(() => stack.remove());

  it("is planned before anything is there, and the policies find nothing in it", async () => {
    const { code, stdout } = await stack.run("preview", "--diff", ...withPolicies);
    expect(code, stdout).toBe(0);
    expect(reported(stdout)).toEqual({ mandatory: [], advisory: [] });
    expect(stdout).toContain("profile-deployment");
    expect(stack.world.operations).toBe(0);
  });

  it("is made in an order in which nothing is asked for too early", async () => {
    await stack.up("--diff");
    const made = stack.world.log.map(({ operation, name }) => `${operation} ${name}`);
    expectOrder(made, [
      ["host1-kubernetes-kubeconfig", "profiles-namespace"],
      ["host1-kubernetes-kubeconfig", "kubernetes-metrics-account"],
      ["kubernetes-metrics-reader-binding", "kubernetes-metrics-deployment"],
      ["kubernetes-metrics-deployment", "kubernetes-metrics-api"],
      ["profiles-deny-all", "store-servers"],
      ["profiles-default-account", "profile-deployment"],
      ["store-data-0-volume", "store-servers"],
      ["store-servers", "store-setup"],
      ["store-setup", "store-address"],
      ["store-setup", "store-client-0-secret"],
      ["store-address", "profile-deployment"],
      ["store-client-0-secret", "profile-deployment"],
      ["profile-network-policy", "profile-deployment"],
    ]);
  });

  it("says where the page is, and what stands in for what", async () => {
    const { stdout } = await stack.pulumi(["stack", "output", "--json", "--stack", "dev"]);
    expect(JSON.parse(stdout)).toMatchObject({
      databaseUrls: { store: "mongodb://store-0.store.profiles.svc:27017/app?authSource=admin" },
      databaseEngines: { store: "ferretdb" },
      databaseHealthCommands: { store: expect.stringContaining("kubectl --namespace profiles get pods") },
      webAppPages: { profile: "http://10.77.0.11:30080/" },
      webAppUrls: { profile: "http://profile.profiles" },
      webAppHealthCommands: { profile: "kubectl --namespace profiles get all --selector app=profile" },
    });
  });

  it("has nothing left to do, nor does a refresh find anything", async () => {
    await stack.up("--refresh", "--expect-no-changes");
  });

  it("looks as the README shows it", async () => {
    const { stdout } = await stack.pulumi(["stack", "export", "--stack", "dev"]);
    if (process.env.FARMSTACK_RECORD) record(stdout); // for the unit tests of the picture
    await expect(await draw(parseState(stdout), "dev")).toMatchFileSnapshot(pictureFile);
  });

  it("scales as its lab test wants it, and back", async () => {
    const settings = treeStack("dev") as Record<string, Record<string, unknown>[]>;
    const [{ replicas, ...app } = {}] = settings["farmstack:webApps"] ?? [];
    expect(replicas).toBe(2);
    const scaling = { safeLine: 50, fatalLine: 80, min: 2, max: 4, samplesBeforeScaleIn: 3 };
    stack.changeWorld({ log: [] });
    await stack.configure({ ...settings, "farmstack:webApps": [{ ...app, scaling }] });
    await stack.up("--diff");
    const done = () => stack.world.log.map(({ operation, name }) => `${operation} ${name}`).sort();
    expect(done()).toEqual(["create profile-autoscaler", "update profile-deployment"]);
    stack.changeWorld({ log: [] });
    await stack.configure(settings);
    await stack.up("--diff");
    expect(done()).toEqual(["delete profile-autoscaler", "update profile-deployment"]);
  });
});
