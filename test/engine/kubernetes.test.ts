import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectOrder } from "./order";
import { clusterAnswers, EngineStack, exampleConfig, smallCeph } from "./stack";

const withKubernetes = (version: string) => ({
  ...exampleConfig(),
  "farmstack:ceph": smallCeph,
  "farmstack:kubernetes": {
    version,
    controlPlane: ["a"],
    workers: ["b", "c"],
    endpoint: { address: "192.0.2.20" },
  },
});

describe("a stack with Kubernetes on the real engine", () => {
  let stack: EngineStack;
  beforeAll(async () => {
    stack = await EngineStack.create(withKubernetes("1.34.1"));
    stack.changeWorld({ answers: [...clusterAnswers("KUBECONFIG-WITH-A-KEY"), ...stack.world.answers] });
  });
  afterAll(() => stack.remove());

  const steps = () =>
    stack.world.log
      .filter(({ name }) => name.includes("-kubernetes-"))
      .map(({ operation, name }) => `${operation} ${name}`);
  const rolling = (operation: string) =>
    ["a", "b", "c"].flatMap((host) => [
      `${operation} a-kubernetes-${host}-may-change`,
      `${operation} ${host}-kubernetes-version`,
      `${operation} a-kubernetes-${host}-back`,
    ]);

  it("is planned without reaching a host", async () => {
    const { code, stdout } = await stack.run("preview", "--diff");
    expect(code, stdout).toBe(0);
    expect(stdout).toContain("a-kubernetes-member");
    expect(stack.world.operations).toBe(0);
  });

  it("makes the cluster, lets the others join, and waits for each", async () => {
    await stack.up("--diff");
    const made = steps();
    expect(made).toContain("create a-kubernetes-node");
    expectOrder(made, [
      ["a-kubernetes-endpoint", "a-kubernetes-member"],
      ["a-kubernetes-member", "a-kubernetes-invitation"],
      ["a-kubernetes-invitation", "b-kubernetes-member"],
      ["a-kubernetes-invitation", "c-kubernetes-member"],
      ["a-kubernetes-network", "a-kubernetes-a-may-change"],
      ["a-kubernetes-dns", "a-kubernetes-kubeconfig"],
    ]);
    const gates = rolling("create");
    expect(made.filter((step) => gates.includes(step))).toEqual(gates);
  });

  it("has nothing left to do", async () => {
    await stack.up("--expect-no-changes");
  });

  it("goes to another version node by node, stops where a node can't be drained, and goes on from there", async () => {
    await stack.configure(withKubernetes("1.34.4"));
    stack.changeWorld({
      log: [],
      faults: [
        { name: "a-kubernetes-b-may-change", operation: "update", when: "before", action: "fail", times: 1 },
      ],
    });
    const gates = rolling("update");
    const seen = () => steps().filter((step) => gates.includes(step));
    await expect(stack.up("--diff")).rejects.toThrow("a-kubernetes-b-may-change");
    expect(seen()).toEqual(gates.slice(0, 3));
    await stack.up("--diff");
    expect(seen()).toEqual(gates);
  });

  it("has no secret in clear in its state or in anything that was printed", async () => {
    const { printed } = stack;
    for (const text of [await stack.stateText(), printed]) {
      expect(text).toContain("THE-CA");
      expect(text).not.toContain("KUBECONFIG-WITH-A-KEY");
    }
    const { stdout } = await stack.pulumi(["stack", "export", "--show-secrets", "--stack", "test"]);
    const { deployment } = JSON.parse(stdout) as {
      deployment: {
        resources: {
          urn: string;
          outputs?: { result?: { plaintext: string }; hex?: { plaintext: string } };
        }[];
      };
    };
    const secret = (name: string, output: "result" | "hex") => {
      const found = deployment.resources.find(({ urn }) => urn.endsWith(`::${name}`))?.outputs?.[output];
      return JSON.parse(found?.plaintext ?? '""') as string;
    };
    const secrets = [
      secret("kubernetes-token", "result").slice(6),
      secret("kubernetes-certificate-key", "hex"),
    ];
    expect(secrets.map(({ length }) => length)).toEqual([16, 64]);
    for (const text of [await stack.stateText(), printed])
      expect(secrets.filter((one) => text.includes(one))).toEqual([]);
  });
});
