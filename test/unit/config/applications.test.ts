import { describe, expect, it } from "vitest";
import { faultsOf, validate } from "../../../config/validate";
import { completeSettings, smallestSettings } from "./samples";

describe("namespaces and databases", () => {
  const shop = { name: "shop", environment: "TEST" };
  const mongo = { name: "mongo", namespace: "shop", members: 1, sizeGiB: 1 };
  const faults = (changes: object) =>
    faultsOf(
      { ...completeSettings(), namespaces: [shop], databases: [mongo], webApps: [], ...changes },
      "test",
    ).map(({ path, problem }) => `${path}: ${problem}`);

  it("are none, or have defaults", () => {
    expect(validate(smallestSettings())).toMatchObject({ namespaces: [], databases: [] });
    const { namespaces, databases } = validate({
      ...completeSettings(),
      webApps: [],
      namespaces: [shop],
      databases: [{ ...mongo, backup: { sizeGiB: 2 } }],
    });
    expect(namespaces).toMatchObject([
      { quota: { cpu: 8, memoryGiB: 16, pods: 50, storageGiB: 200, claims: 20 } },
    ]);
    expect(databases).toMatchObject([
      { engine: "mongodb", database: "app", rotation: 0, backup: { schedule: "0 2 * * *", keep: 14 } },
    ]);
    expect(databases[0]?.retired).toBeUndefined();
  });

  it.each([
    [
      { kubernetes: undefined, databases: [] },
      "namespaces: namespaces need a cluster: kubernetes is not set",
    ],
    [
      { kubernetes: { ...completeSettings().kubernetes, storage: undefined } },
      "databases: databases need volumes: kubernetes.storage is not set",
    ],
    [{ namespaces: [shop, shop] }, 'namespaces[1].name: "shop" is already the name of namespaces[0]'],
    [
      { namespaces: [shop, { ...shop, name: "kube-system" }] },
      "namespaces[1].name: this namespace is Kubernetes' own",
    ],
    [
      { namespaces: [{ ...shop, environment: "PRODUCTON" }] },
      "namespaces[0].environment: expected TEST or PRODUCTION, did you mean PRODUCTION?",
    ],
    [{ databases: [mongo, mongo] }, 'databases[1].name: "mongo" is already the name of databases[0]'],
    [
      { databases: [{ ...mongo, namespace: "shopp" }] },
      'databases[0].namespace: namespaces has no "shopp", did you mean shop?',
    ],
    [
      { databases: [{ ...mongo, namespace: "elsewhere" }] },
      'databases[0].namespace: namespaces has no "elsewhere", there are: shop',
    ],
    [{ databases: [{ ...mongo, members: 2 }] }, "databases[0].members: expected 1 or 3"],
    [
      { databases: [{ ...mongo, members: 3, engine: "ferretdb" }] },
      "databases[0].members: ferretdb has 1 member",
    ],
    [
      { databases: [{ ...mongo, rotation: 2, retired: 2 }] },
      "databases[0].retired: expected less than rotation (2), whose users are in use",
    ],
    [
      { databases: [{ ...mongo, retired: 0 }] },
      "databases[0].retired: expected less than rotation (0), whose users are in use",
    ],
    [
      { databases: [{ ...mongo, members: 3, memoryMiB: 6000 }] },
      "namespaces[0].quota.memoryGiB: expected at least 18, which the databases in it need",
    ],
    [
      { databases: [{ ...mongo, sizeGiB: 150, backup: { sizeGiB: 60 } }] },
      "namespaces[0].quota.storageGiB: expected at least 210, which the databases in it need",
    ],
    [
      { databases: [{ ...mongo, backup: { sizeGiB: 1, schedule: "daily" } }] },
      "databases[0].backup.schedule: expected five fields of cron, such as 0 2 * * *",
    ],
    [
      { databases: [{ ...mongo, database: "admin" }] },
      "databases[0].database: expected the name of a database, not one of MongoDB's own",
    ],
  ])("%j", (changes, fault) => {
    expect(faults(changes)).toEqual([fault]);
  });
});
