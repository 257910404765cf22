import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectOrder } from "./order";
import { clusterAnswers, EngineStack, exampleConfig, smallCeph } from "./stack";

const config = (database: object) => ({
  ...exampleConfig(),
  "farmstack:ceph": {
    ...smallCeph,
    metadataServers: ["a"],
    filesystems: ["files"],
    mounts: [{ filesystem: "files", path: "/mnt/files", hosts: ["a", "b", "c"] }],
  },
  "farmstack:kubernetes": {
    version: "1.34.1",
    controlPlane: ["a"],
    workers: ["b", "c"],
    storage: { kind: "host-mount", mount: "/mnt/files" },
  },
  "farmstack:namespaces": [{ name: "shop", environment: "TEST" }],
  "farmstack:databases": [
    { name: "mongo", namespace: "shop", members: 3, sizeGiB: 2, backup: { sizeGiB: 2 }, ...database },
  ],
});

describe("a stack with a database on the real engine", () => {
  let stack: EngineStack;
  beforeAll(async () => {
    stack = await EngineStack.create(config({}));
    stack.changeWorld({ answers: [...clusterAnswers("KUBECONFIG-WITH-A-KEY"), ...stack.world.answers] });
  });
  afterAll(() => stack.remove());
  const steps = () =>
    stack.world.log
      .filter(({ name }) => /^(mongo|shop)-/.test(name))
      .map(({ operation, name }) => `${operation} ${name}`);

  it("is planned without a cluster, made in order, and has nothing left to do", async () => {
    const { code, stdout } = await stack.run("preview", "--diff");
    expect(code, stdout).toBe(0);
    await stack.up("--diff");
    const made = steps();
    expectOrder(made, [
      ["shop-deny-all", "mongo-servers"],
      ["mongo-policy-servers", "mongo-servers"],
      ["mongo-data-2-volume", "mongo-servers"],
      ["mongo-servers", "mongo-setup"],
      ["mongo-setup", "mongo-client-0-secret"],
      ["mongo-setup", "mongo-address"],
      ["mongo-setup", "mongo-backup-secret"],
    ]);
    await stack.up("--expect-no-changes");
  });

  it("rotates with new users first and the old Secret last, and leaves the servers alone", async () => {
    stack.changeWorld({ log: [] });
    await stack.configure(config({ rotation: 1 }));
    await stack.up("--diff");
    const done = steps();
    expect(done.join(" ")).not.toMatch(/mongo-servers|server-secret|volume|mongo-key/);
    const order = [
      "update mongo-setup-secret",
      "create mongo-setup",
      "create mongo-client-1-secret",
      "delete mongo-client-0-secret",
    ];
    expect(done.filter((step) => order.includes(step))).toEqual(order);
  });

  it("retires by the same step run again", async () => {
    stack.changeWorld({ log: [] });
    await stack.configure(config({ rotation: 1, retired: 0 }));
    await stack.up("--diff");
    expect(steps()).toEqual(["create mongo-setup", "delete mongo-setup"]);
    await stack.up("--expect-no-changes");
  });

  it("has no password in clear in its state or in anything that was printed", async () => {
    const { printed } = stack;
    const { stdout } = await stack.pulumi(["stack", "export", "--show-secrets", "--stack", "test"]);
    const { deployment } = JSON.parse(stdout) as {
      deployment: {
        resources: {
          urn: string;
          outputs?: Record<"result" | "base64", { plaintext: string } | undefined>;
        }[];
      };
    };
    const secrets = deployment.resources
      .filter(({ urn }) => /::mongo-((admin|client|backup)-\d|key)$/.test(urn))
      .map(({ outputs }) => JSON.parse((outputs?.result ?? outputs?.base64)?.plaintext ?? '""') as string);
    expect(secrets.map(({ length }) => length).sort()).toEqual([32, 32, 32, 32, 684]);
    for (const text of [await stack.stateText(), printed])
      for (const secret of secrets) {
        expect(text.includes(secret)).toBe(false);
        expect(text.includes(Buffer.from(secret).toString("base64"))).toBe(false);
      }
  });
});
