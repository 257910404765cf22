import { Provider } from "@pulumi/kubernetes/provider";
import { beforeAll, describe, expect, it } from "vitest";
import { type ClaimStorage, type MongoDatabase, type WantedVolume } from "../../../components/mongodb";
import { denyAll } from "../../../components/namespace/policies";
import { dependencies, placesOf } from "./declared";
import { allDeclared, find, noteOptions, startMocks, valueOf } from "../mocks";
import { reaches } from "./network-policy";
import { givenVolume } from "./volumes";

const types = {
  statefulSet: "kubernetes:apps/v1:StatefulSet",
  job: "kubernetes:batch/v1:Job",
  cronJob: "kubernetes:batch/v1:CronJob",
  secret: "kubernetes:core/v1:Secret",
  configMap: "kubernetes:core/v1:ConfigMap",
  claim: "kubernetes:core/v1:PersistentVolumeClaim",
  policy: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  password: "random:index/randomPassword:RandomPassword",
};

describe("MongoDatabase", () => {
  let replicated: MongoDatabase;
  let single: MongoDatabase;
  const wanted: WantedVolume[] = [];
  const storage: ClaimStorage = {
    volume(_, volume) {
      wanted.push(volume);
      return givenVolume(volume);
    },
  };

  beforeAll(async () => {
    await startMocks();
    const { MongoDatabase } = await import("../../../components/mongodb");
    const provider = new Provider("cluster", { kubeconfig: "k" });
    const opts = { provider, transformations: [noteOptions] };
    replicated = new MongoDatabase(
      "m",
      {
        namespace: "shop",
        members: 3,
        image: "mongo:8",
        storage,
        sizeGiB: 10,
        rotation: 3,
        backup: { sizeGiB: 20, keep: 5 },
      },
      opts,
    );
    single = new MongoDatabase(
      "f",
      {
        namespace: "shop",
        engine: "ferretdb",
        members: 1,
        image: "ferretdb:1",
        toolsImage: "tools:1",
        storage,
        sizeGiB: 1,
        database: "profiles",
        protect: false,
      },
      opts,
    );
    await allDeclared();
  });

  const pod = async (type: string, name: string) => {
    const { spec } = (await find(type, name)).inputs;
    return (spec.jobTemplate?.spec ?? spec).template;
  };
  const container = async (type: string, name: string) => (await pod(type, name)).spec.containers[0];

  it("tells clients an address, who they are, and what labels let them in", async () => {
    expect(await valueOf(replicated.url)).toBe(
      "mongodb://m-0.m.shop.svc:27017,m-1.m.shop.svc:27017,m-2.m.shop.svc:27017/app?replicaSet=m&authSource=admin",
    );
    expect(await valueOf(single.url)).toBe("mongodb://f-0.f.shop.svc:27017/profiles?authSource=admin");
    expect(await valueOf(replicated.configMap)).toBe("m-address");
    expect((await find(types.configMap, "f-address")).inputs.data).toEqual({
      url: "mongodb://f-0.f.shop.svc:27017/profiles?authSource=admin",
      address: "f-0.f.shop.svc:27017/profiles?authSource=admin",
      database: "profiles",
    });
    expect(await valueOf(replicated.secret)).toBe("m-client-3");
    expect((await find(types.secret, "m-client-3-secret")).inputs.stringData).toEqual({
      username: "client-3",
      password: "password of m-client-3",
    });
    expect(replicated.clientLabels).toEqual({ "farmstack.client-of.m": "true" });
  });

  it("tells them only when it is so", async () => {
    const needs = async (type: string, name: string) => dependencies((await find(type, name)).opts.dependsOn);
    for (const [type, name] of [
      [types.configMap, "m-address"],
      [types.secret, "m-client-3-secret"],
      [types.secret, "m-backup-secret"],
    ] as const)
      expect(await needs(type, name)).toEqual(["m-setup"]);
    expect(await needs(types.job, "m-setup")).toEqual([
      "m-servers",
      ...["servers", "clients", "setup", "backup"].map((end) => `m-policy-${end}`),
    ]);
  });

  it("runs its members on different nodes, each with a volume that stays", async () => {
    const { inputs, opts } = await find(types.statefulSet, "m-servers");
    expect(inputs.spec).toMatchObject({
      replicas: 3,
      serviceName: "m",
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
    });
    expect(inputs.spec.volumeClaimTemplates[0].spec).toEqual({
      accessModes: ["ReadWriteOnce"],
      storageClassName: "cephfs",
      resources: { requests: { storage: "10Gi" } },
    });
    expect(opts.ignoreChanges).toEqual(["spec.volumeClaimTemplates"]);
    expect(inputs.spec.template.spec.topologySpreadConstraints[0].topologyKey).toBe("kubernetes.io/hostname");
    expect(
      wanted.filter(({ owner }) => owner.user === 999).map(({ claim, sizeGiB }) => [claim, sizeGiB]),
    ).toEqual([
      ["data-m-0", 10],
      ["data-m-1", 10],
      ["data-m-2", 10],
      ["m-backup", 20],
    ]);
    expect(wanted.filter(({ owner }) => owner.group === 1000)).toMatchObject([{ claim: "data-f-0" }]);
  });

  it("asks for all the memory that it may have, and gives mongod half of what is beyond a GiB", async () => {
    const { resources, env } = await container(types.statefulSet, "m-servers");
    expect(resources.requests.memory).toBe("2048Mi");
    expect(resources.limits).toEqual({ memory: "2048Mi" });
    expect(env).toContainEqual({ name: "CACHE_GB", value: "0.50" });
  });

  it.each([
    [types.statefulSet, "m-servers"],
    [types.statefulSet, "f-servers"],
    [types.job, "m-setup"],
    [types.job, "f-setup"],
    [types.cronJob, "m-backup"],
  ])("%s %s is restricted", async (type, name) => {
    const { spec } = await pod(type, name);
    expect(spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    });
    expect(spec.containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });

  it("gives the task to a step that runs again when the task is another", async () => {
    const { env, image } = await container(types.job, "f-setup");
    expect(image).toBe("tools:1");
    const task = JSON.parse(env.find(({ name }: { name: string }) => name === "TASK").value) as object;
    expect(task).toEqual({
      hosts: ["f-0.f.shop.svc:27017"],
      database: "profiles",
      hasRoles: false,
      rotation: 0,
      retired: -2,
      patience: 240,
    });
    expect((await find(types.job, "f-setup")).inputs.metadata).not.toHaveProperty("name");
  });

  it("keeps the passwords of all administrators, and protects them", async () => {
    const { stringData } = (await find(types.secret, "m-setup-secret")).inputs;
    expect(JSON.parse(stringData["admin.json"])).toEqual(
      [0, 1, 2, 3].map((generation) => `password of m-admin-${generation}`),
    );
    expect((await find(types.password, "m-admin-0")).opts.protect).toBe(true);
    expect((await find(types.password, "m-client-3")).opts.protect).toBe(false);
    expect((await find(types.password, "f-admin-0")).opts.protect).toBe(false);
    expect((await find(types.claim, "m-backup-claim")).opts.protect).toBe(true);
  });

  it("has passwords and the key in Secrets alone", async () => {
    for (const name of ["m-admin-0", "m-admin-3", "m-client-3", "m-backup-3", "f-admin-0"])
      expect(await placesOf(`password of ${name}`), name).toEqual(["stringData"]);
    expect(await placesOf(Buffer.alloc(512, "m-key").toString("base64"))).toEqual(["stringData"]);
  });

  it("does not restart its servers for a rotation", async () => {
    expect(JSON.stringify(await pod(types.statefulSet, "m-servers"))).not.toMatch(/client-3|admin-3|m-setup/);
    expect((await find(types.secret, "m-server-secret")).inputs.stringData).toMatchObject({
      username: "admin-0",
      password: "password of m-admin-0",
    });
  });

  it("saves itself", async () => {
    const { inputs } = await find(types.cronJob, "m-backup");
    expect(inputs.spec).toMatchObject({ schedule: "0 2 * * *", concurrencyPolicy: "Forbid" });
    expect((await container(types.cronJob, "m-backup")).env).toContainEqual({ name: "KEEP", value: "5" });
    const { stringData } = (await find(types.secret, "m-backup-secret")).inputs;
    expect(stringData["mongodump.yaml"]).toBe(
      'uri: "mongodb://backup-3:password of m-backup-3@m-0.m.shop.svc:27017,m-1.m.shop.svc:27017,m-2.m.shop.svc:27017/?replicaSet=m&authSource=admin"\n',
    );
    expect((await allDeclared()).map(({ name }) => name)).not.toContain("f-backup");
  });

  it("is reached by pods with the label and by its own steps, from nowhere else", async () => {
    const declared = (await allDeclared()).filter(({ type }) => type === types.policy);
    const policies = [
      { namespace: "shop", spec: denyAll },
      ...declared.map(({ inputs }) => ({ namespace: "shop", spec: inputs.spec })),
    ];
    const labelsOf = async (type: string, name: string) => (await pod(type, name)).metadata.labels;
    const inShop = (labels: Record<string, string>) => ({ namespace: "shop", labels });
    const server = inShop(await labelsOf(types.statefulSet, "m-servers"));
    const other = inShop(await labelsOf(types.statefulSet, "f-servers"));
    const setup = inShop(await labelsOf(types.job, "m-setup"));
    const backup = inShop(await labelsOf(types.cronJob, "m-backup"));
    const client = inShop({ app: "web", ...replicated.clientLabels });
    const may = (from: typeof server, to: typeof server, port = 27017) => reaches(policies, from, to, port);

    for (const who of [client, setup, backup, server])
      expect(may(who, server), JSON.stringify(who)).toBe(true);
    for (const who of [
      inShop({ app: "web" }),
      inShop({ app: "web", ...single.clientLabels }),
      other,
      { ...client, namespace: "other" },
      inShop(await labelsOf(types.job, "f-setup")),
    ])
      expect(may(who, server), JSON.stringify(who)).toBe(false);
    expect(may(client, server, 22)).toBe(false);
    expect(may(server, client, 80)).toBe(false);
    expect(may(client, other)).toBe(false);
    const both = inShop({ ...replicated.clientLabels, ...single.clientLabels });
    expect([may(both, server), may(both, other)]).toEqual([true, true]);
  });

  it("refuses what can't be", async () => {
    const { MongoDatabase } = await import("../../../components/mongodb");
    const args = { namespace: "shop", image: "i", storage, sizeGiB: 1 } as const;
    expect(() => new MongoDatabase("x", { ...args, engine: "ferretdb", members: 3 }, {})).toThrow(
      "one member",
    );
    expect(() => new MongoDatabase("y", { ...args, members: 1, rotation: 1, retired: 1 }, {})).toThrow(
      "generation 1 can't be retired",
    );
  });
});
