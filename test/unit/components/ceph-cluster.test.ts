import { beforeAll, describe, expect, it } from "vitest";
import { type CephCluster } from "../../../components/ceph";
import { exampleHost } from "./examples";
import { dependencies, generatedKeys, placesOf } from "./declared";
import { allDeclared, find, noteOptions, startMocks, valueOf } from "../mocks";

const container = "docker:index/container:Container";
const remoteCommand = "command:remote:Command";

describe("CephCluster", () => {
  let cluster: CephCluster;

  beforeAll(async () => {
    await startMocks();
    const { Host } = await import("../../../components/hosts");
    const { CephCluster } = await import("../../../components/ceph");
    const hosts = ["a", "b", "c"].map((name, i) => new Host(name, exampleHost(`192.0.2.1${i + 1}`)));
    cluster = new CephCluster(
      "ceph",
      {
        monitors: hosts,
        managers: hosts.slice(0, 2),
        publicNetwork: "192.0.2.0/24",
        keyType: "aes",
        osds: [{ host: hosts[2]!, store: { device: "/dev/disk/by-id/ata-EXAMPLE" } }],
        startupSettings: { mon: { mon_initial_option: 5 }, "client.rgw": { rgw_option: true } },
      },
      { transformations: [noteOptions] },
    );
    await allDeclared();
  });

  it("gives its identity, its monitors and its administrator's keyring", async () => {
    expect(await valueOf(cluster.fsid)).toBe("11111111-2222-4333-8444-555555555555");
    expect(cluster.monitorAddresses).toBe(
      "[v2:192.0.2.11:3300,v1:192.0.2.11:6789],[v2:192.0.2.12:3300,v1:192.0.2.12:6789],[v2:192.0.2.13:3300,v1:192.0.2.13:6789]",
    );
    expect(await valueOf(cluster.cephConf)).toContain("[client.rgw]\nrgw_option = true");
    expect(await valueOf(cluster.cephConf)).not.toContain("mon_initial_option");
    expect(cluster.dashboardPassword).toBeUndefined();
    expect(await valueOf(cluster.adminKeyring)).toMatch(/^\[client\.admin\]\n\tkey = AQAAAAAAAAAAABAA/);
    expect(cluster.healthCommand).toBe("ssh root@192.0.2.11 docker exec ceph-mon-a ceph -s");
  });

  it("keeps the identity and the keys that nothing could replace from being deleted", async () => {
    const generated = (await allDeclared()).filter(({ type }) => type.startsWith("random:"));
    const names = (protect: boolean) =>
      generated.filter(({ opts }) => Boolean(opts.protect) === protect).map(({ name }) => name);
    expect(names(true).sort()).toEqual(["ceph-fsid", "ceph-key-client-admin", "ceph-key-mon"]);
    expect(names(false).sort()).toEqual([
      "ceph-key-mgr-a",
      "ceph-key-mgr-b",
      "ceph-osd-c-ata-EXAMPLE-key",
      "ceph-osd-c-ata-EXAMPLE-uuid",
    ]);
  });

  it("asks before a monitor or an OSD goes that is no longer declared", async () => {
    const hooks = async (name: string) => {
      const { beforeDelete = [], afterDelete = [] } = (await find(container, name)).opts.hooks ?? {};
      return [beforeDelete, afterDelete].map((all) => all.map((hook) => "name" in hook && hook.name));
    };
    expect(await hooks("ceph-mon-b-container")).toEqual([["ceph-monitor-removal"], []]);
    expect(await hooks("ceph-osd-c-ata-EXAMPLE-container")).toEqual([
      ["ceph-osd-removal"],
      ["ceph-osd-removed"],
    ]);
    expect(await hooks("ceph-mgr-a-container")).toEqual([[], []]);
  });

  it("sets stores aside that are no longer declared, and deletes none", async () => {
    const undone = async (name: string) => (await find(remoteCommand, name)).inputs.delete as string;
    expect(await undone("b-ceph-mon-b-store")).toMatch(/ mv .*\/ceph\/mon-b.*\.removed-/);
    expect(await undone("c-ceph-osd-c-ata-EXAMPLE-store")).toMatch(
      / mv .*\/ceph\/osd-ata-EXAMPLE.*\.removed-/,
    );
  });

  it("waits long for a daemon that has data to end, and not for a manager", async () => {
    const seconds = async (name: string) => {
      const { stopTimeout, destroyGraceSeconds } = (await find(container, name)).inputs;
      return [stopTimeout, destroyGraceSeconds];
    };
    expect(await seconds("ceph-mon-a-container")).toEqual([30, 30]);
    expect(await seconds("ceph-osd-c-ata-EXAMPLE-container")).toEqual([30, 30]);
    for (const manager of ["a", "b"]) expect(await seconds(`ceph-mgr-${manager}-container`)).toEqual([2, 2]);
  });

  it("runs a monitor on each host, on that host's engine, with its own address and store", async () => {
    for (const [i, name] of ["a", "b", "c"].entries()) {
      const { inputs, provider } = await find(container, `ceph-mon-${name}-container`);
      expect(provider).toContain(`::${name}-docker::`);
      expect(inputs.entrypoints).toEqual(["sh"]);
      expect(inputs.command).toContain("ceph-mon");
      expect(inputs.command).toContain(`[v2:192.0.2.1${i + 1}:3300,v1:192.0.2.1${i + 1}:6789]`);
      expect(inputs.volumes).toEqual([
        {
          hostPath: `/var/lib/farmstack/ceph/mon-${name}`,
          containerPath: `/var/lib/ceph/mon/ceph-${name}`,
          readOnly: false,
        },
      ]);
      expect(inputs.image).toBe(`sha256:id-of-${name}-image-ceph`);
    }
  });

  it("hands over keys only as secret files or secret standard input", async () => {
    const keys = await generatedKeys();
    expect(keys).toHaveLength(5);
    const places = new Set(await Promise.all(keys.map(async (key) => (await placesOf(key)).join(" and "))));
    expect([...places].sort()).toEqual(["stdin", "stdin and uploads"]);
  });

  it("touches one monitor at a time, and managers after the quorum", async () => {
    const { opts } = await find("farmstack:container:Container", "ceph-mon-b");
    expect(await dependencies(opts.dependsOn)).toEqual([
      "b-ceph-mon-b-store",
      "a-ceph-mon-a-back",
      "b-ceph-mon-b-may-change",
    ]);
    const manager = await find("farmstack:container:Container", "ceph-mgr-a");
    expect(await dependencies(manager.opts.dependsOn)).toEqual([
      "a-ceph-quorum",
      "a-ceph-setting-global-osd_pool_default_size",
      "a-ceph-setting-global-osd_pool_default_min_size",
      "a-ceph-setting-mon-auth_allow_insecure_global_id_reclaim",
      "a-ceph-setting-osd-osd_memory_target",
      "a-ceph-setting-mds-mds_cache_memory_limit",
      "a-ceph-grant-mgr-a",
    ]);
    const second = await find("farmstack:container:Container", "ceph-mgr-b");
    expect(await dependencies(second.opts.dependsOn)).toEqual(["a-ceph-mgr-a-back", "a-ceph-grant-mgr-b"]);
  });

  it("ends an old container before its successor starts", async () => {
    const containers = (await allDeclared()).filter(({ type }) => type === container);
    expect(containers).toHaveLength(6);
    expect(containers.every(({ opts }) => opts.deleteBeforeReplace === true)).toBe(true);
  });

  it("asks a gate again whenever its container is another", async () => {
    expect((await find(remoteCommand, "c-ceph-mon-c-back")).inputs.stdin).toContain(
      "ceph-mon-c-container-id",
    );
  });

  it("gives an OSD its device and its own store, which its own host makes", async () => {
    const { inputs, provider } = await find(container, "ceph-osd-c-ata-EXAMPLE-container");
    expect(provider).toContain("::c-docker::");
    expect(inputs.devices).toEqual([
      { hostPath: "/dev/disk/by-id/ata-EXAMPLE", containerPath: "/dev/osd", permissions: "rwm" },
    ]);
    expect(inputs.volumes).toEqual([
      {
        hostPath: "/var/lib/farmstack/ceph/osd-ata-EXAMPLE",
        containerPath: "/var/lib/ceph/osd/data",
        readOnly: false,
      },
    ]);
    // The last line that the script prints is the number.
    expect(inputs.command).toContain("output of c-ceph-osd-c-ata-EXAMPLE-store");
    const { opts } = await find(remoteCommand, "c-ceph-osd-c-ata-EXAMPLE-store");
    expect(await dependencies(opts.dependsOn)).toEqual(["b-ceph-mgr-b-back"]);
  });
});
