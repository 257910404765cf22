import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EngineStack, exampleConfig, exampleKubeconfig } from "./stack";

/** One host with everything, and volumes by ceph-csi. */
function small({ version = "1.34.1", rotation = 0 } = {}) {
  const config = exampleConfig(["a"]);
  const client = { name: "kubernetes", filesystem: "files", pool: "disks", kubernetes: true, rotation };
  Object.assign(config["farmstack:ceph"], { clients: [client], mounts: [] });
  const storage = { kind: "csi", filesystem: "files", pool: "disks" };
  return { ...config, "farmstack:kubernetes": { version, controlPlane: ["a"], storage } };
}

interface Step {
  op: string;
  urn: string;
}

describe("storage of Kubernetes on the real engine", () => {
  let stack: EngineStack;
  beforeAll(async () => {
    stack = await EngineStack.create(small());
  });
  afterAll(() => stack.remove());

  const answer = (secret: string) => {
    const { answers } = stack.world;
    const others = answers.filter(({ match }) => match !== "config view --raw");
    stack.changeWorld({
      answers: [{ match: "config view --raw", stdout: exampleKubeconfig(secret) }, ...others],
    });
  };
  /** What a preview would do, without what stays. */
  const plan = async () => {
    const { stdout } = await stack.run("preview", "--json");
    const { steps } = JSON.parse(stdout) as { steps: Step[] };
    return steps.filter(({ op }) => op !== "same").map(({ op, urn }) => `${op} ${urn.split("::").pop()}`);
  };

  it("comes when the cluster and Ceph are there, and has nothing left to do", async () => {
    answer("FIRST-KEY");
    await stack.up("--diff");
    const { log } = stack.world;
    const at = (name: string, type = "") =>
      log.findIndex((entry) => entry.name === name && entry.type.includes(type));
    for (const before of ["a-kubernetes-kubeconfig", "a-ceph-csi-kubernetes"]) {
      expect(at(before), before).toBeGreaterThanOrEqual(0);
      expect(at(before), before).toBeLessThan(at("kubernetes-storage-namespace"));
    }
    for (const before of ["kubernetes-storage-rbd-node", "kubernetes-storage-rbd-provisioner"])
      expect(at(before, "apps/v1")).toBeLessThan(at("kubernetes-storage-class-rbd"));
    await stack.up("--expect-no-changes");
  });

  it("says where volumes are", async () => {
    const { stdout } = await stack.pulumi(["stack", "output", "--json", "--stack", "test"]);
    expect(JSON.parse(stdout)).toMatchObject({
      kubernetesStorage: expect.stringMatching(/^ceph-csi makes volumes/),
      kubernetesStorageClasses: ["cephfs", "rbd"],
    });
  });

  it("takes another key of its client in place", async () => {
    await stack.configure(small({ rotation: 1 }));
    expect((await plan()).sort()).toEqual([
      "replace ceph-key-client-kubernetes",
      "update a-ceph-grant-client-kubernetes",
      "update kubernetes-storage-client",
    ]);
    await stack.up();
  });

  it("stays where it is with another certificate of the administrator", async () => {
    await stack.configure(small({ rotation: 1, version: "1.34.4" }));
    answer("SECOND-KEY");
    const planned = await plan();
    expect(planned).toContain("update a-kubernetes-kubeconfig");
    expect(planned).toContain("update kubernetes-objects");
    // Without a kubeconfig the engine can't compare objects, and says that they may change.
    expect(planned.filter((step) => /^(replace|delete)/.test(step))).toEqual([]);
    stack.changeWorld({ log: [] });
    await stack.up();
    expect(stack.world.log.filter(({ type }) => type.startsWith("kubernetes:"))).toEqual([]);
    await stack.up("--expect-no-changes");
  });

  it("has no key in clear in its state or in anything that was printed", async () => {
    const { stdout } = await stack.pulumi(["stack", "export", "--show-secrets", "--stack", "test"]);
    const key = /"userKey\\*":\\*"([A-Za-z0-9+/]{20,}=*)/.exec(stdout)?.[1] ?? "";
    expect(key).not.toBe("");
    stack.printed = stack.printed.replace(stdout, "");
    const forms = [key, Buffer.from(key).toString("base64"), "FIRST-KEY", "SECOND-KEY"];
    for (const text of [await stack.stateText(), stack.printed])
      expect(forms.filter((form) => text.includes(form))).toEqual([]);
  });
});
