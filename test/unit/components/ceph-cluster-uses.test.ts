import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { type CephCluster } from "../../../components/ceph";
import { dependencies, generatedKeys, placesOf } from "./declared";
import { exampleHost } from "./examples";
import { allDeclared, find, noteOptions, startMocks, valueOf } from "../mocks";

const container = "docker:index/container:Container";
const randomBytes = "random:index/randomBytes:RandomBytes";

const command = (name: string) => find("command:remote:Command", name);
const waitsFor = async (name: string) => dependencies((await command(name)).opts.dependsOn);

describe("what is in a CephCluster", () => {
  let cluster: CephCluster;

  beforeAll(async () => {
    await startMocks();
    const { Host } = await import("../../../components/hosts");
    const { CephCluster } = await import("../../../components/ceph");
    const login = { user: "farm", port: 22 };
    const a = new Host("a", exampleHost("192.0.2.11"));
    const b = new Host("b", exampleHost("192.0.2.12"));
    const c = new Host("c", { ...exampleHost("192.0.2.13"), ssh: login });
    cluster = new CephCluster(
      "ceph",
      {
        monitors: [a],
        managers: [a],
        osds: [{ host: a, store: { file: "osd0", sizeGiB: 2 } }],
        metadataServers: [b],
        filesystems: ["files"],
        publicNetwork: "192.0.2.0/24",
        osdMemoryMiB: 2000,
        managerModules: ["prometheus", "dashboard"],
        pools: [{ name: "disks", placementGroups: 32 }],
        clients: [
          { name: "kubernetes", filesystem: "files", pool: "disks", kubernetes: true },
          { name: "reader", filesystem: "files", path: "/documents", access: "read", keyType: "aes256k" },
          { name: "blocks", pool: "disks", rotation: 2 },
        ],
        mounts: [
          { filesystem: "files", path: "/mnt/files", hosts: [a, b], memoryMiB: 256 },
          { filesystem: "files", path: "/srv/read-only", hosts: [c], client: "kernel", access: "read" },
        ],
        settings: { osd: { osd_memory_target: 1, osd_max_backfills: 2 } },
        protect: false,
      },
      { transformations: [noteOptions] },
    );
    await allDeclared();
  });

  it("comes when the last daemon is back: modules one after the other, pools and file systems side by side", async () => {
    const daemons = ["b-ceph-mds-b-back"];
    expect(await waitsFor("a-ceph-module-dashboard")).toEqual(daemons);
    expect(await waitsFor("a-ceph-module-prometheus")).toEqual(["a-ceph-module-dashboard"]);
    expect(await waitsFor("a-ceph-fs-files")).toEqual(daemons);
    expect(await waitsFor("a-ceph-pool-disks")).toEqual(daemons);
  });

  it("has clients and mounts after the pools and file systems", async () => {
    const places = ["b-ceph-mds-b-back", "a-ceph-fs-files", "a-ceph-pool-disks"];
    for (const client of ["kubernetes", "reader", "blocks", "mount-mnt-files", "mount-srv-read-only"])
      expect(await waitsFor(`a-ceph-grant-client-${client}`)).toEqual(places);
    expect(await waitsFor("a-ceph-csi-kubernetes")).toEqual(places);
    expect(await waitsFor("b-ceph-mount-mnt-files-directory")).toEqual([
      "a-ceph-grant-client-mount-mnt-files",
    ]);
    expect(await waitsFor("c-ceph-mount-srv-read-only")).toEqual(["a-ceph-grant-client-mount-srv-read-only"]);
    const { opts } = await find("farmstack:container:Container", "ceph-mount-b-mnt-files");
    expect(await dependencies(opts.dependsOn)).toEqual(["b-ceph-mount-mnt-files-directory"]);
  });

  it("has each setting once, the stack's before the program's, behind the quorum", async () => {
    const settings = (await allDeclared()).filter(({ name }) => name.includes("-setting-"));
    expect(settings.map(({ name }) => name.replace("a-ceph-setting-", ""))).toEqual([
      "global-osd_pool_default_size",
      "global-osd_pool_default_min_size",
      "mon-auth_allow_insecure_global_id_reclaim",
      "osd-osd_memory_target",
      "osd-osd_max_backfills",
      "mds-mds_cache_memory_limit",
    ]);
    for (const { name } of settings) expect(await waitsFor(name)).toEqual(["a-ceph-quorum"]);
    const { stdin } = (await command("a-ceph-setting-osd-osd_memory_target")).inputs;
    expect(stdin).toContain("config set 'osd' 'osd_memory_target' '1'\n");
  });

  it.each([
    ["a-ceph-setting-osd-osd_max_backfills", "config rm 'osd' 'osd_max_backfills'"],
    ["a-ceph-module-dashboard", "mgr module disable dashboard"],
    ["a-ceph-grant-client-reader", "auth rm client.reader"],
    ["a-ceph-grant-mgr-a", "auth rm mgr.a"],
    ["b-ceph-mount-mnt-files-directory", "umount --lazy '/mnt/files'"],
    ["c-ceph-mount-srv-read-only", "systemd-escape --path --suffix=mount '/srv/read-only'"],
  ])("undoes %s when it is no longer declared", async (name, expected) => {
    const undo = (await command(name)).inputs.delete as string;
    expect(undo.replaceAll(`'\\''`, "'")).toContain(expected);
    expect(undo).toMatch(name.startsWith("c-") ? /^sudo -n sh -c '/ : /^sh -c '/);
  });

  it.each(["a-ceph-pool-disks", "a-ceph-fs-files", "a-ceph-csi-kubernetes"])(
    "leaves the data of %s",
    async (name) => expect((await command(name)).inputs.delete).toBeUndefined(),
  );

  it("gives every client its own key, and what it may do", async () => {
    const { stdin } = (await command("a-ceph-grant-client-reader")).inputs;
    expect(stdin).toContain("auth import -i -");
    expect(stdin).toContain('caps mds = "allow r fsname=files path=/documents"');
    expect((await find(randomBytes, "ceph-key-client-reader")).inputs).toEqual({ length: 32 });
    expect((await find(randomBytes, "ceph-key-client-kubernetes")).inputs).toEqual({ length: 16 });
    expect((await find(randomBytes, "ceph-key-client-blocks")).inputs).toEqual({
      length: 16,
      keepers: { rotation: "2" },
    });
    expect((await command("a-ceph-csi-kubernetes")).inputs.stdin).toContain(
      "fs subvolumegroup create 'files' csi",
    );
  });

  it("hands over keys and passwords only as secret files or secret standard input", async () => {
    const keys = await generatedKeys();
    expect(keys).toHaveLength(10);
    const secrets = [...keys, "password of ceph-dashboard-password"];
    const places = await Promise.all(secrets.map(async (secret) => (await placesOf(secret)).join(" and ")));
    expect([...new Set(places)].sort()).toEqual(["stdin", "stdin and uploads"]);
  });

  it("gives keyrings and the dashboard's password as secrets", async () => {
    const { clientKeyrings, dashboardPassword, adminKeyring } = cluster;
    expect(Object.keys(clientKeyrings)).toEqual(["kubernetes", "reader", "blocks"]);
    expect(await valueOf(clientKeyrings.reader!)).toMatch(
      /^\[client\.reader\]\n\tkey = AgAAAAAAAAAAACAA\S+\n\tcaps mon = "allow r fsname=files"\n/,
    );
    expect(await valueOf(dashboardPassword!)).toBe("password of ceph-dashboard-password");
    for (const output of [...Object.values(clientKeyrings), dashboardPassword!, adminKeyring])
      expect(await pulumi.isSecret(output)).toBe(true);
  });

  it("mounts by ceph-fuse in a container that may mount, and nothing else", async () => {
    const { inputs, provider } = await find(container, "ceph-mount-b-mnt-files-container");
    expect(provider).toContain("::b-docker::");
    expect(inputs).toMatchObject({
      mounts: [
        {
          type: "bind",
          source: "/mnt",
          target: "/mnt",
          readOnly: false,
          bindOptions: { propagation: "rshared" },
        },
        {
          ...{
            type: "bind",
            source: "/var/lib/farmstack/ceph/mount-mnt-files",
            target: "/etc/ceph/monitors",
          },
          ...{ readOnly: true, bindOptions: { propagation: "rprivate" } },
        },
      ],
      securityOpts: ["apparmor=unconfined"],
      devices: [{ hostPath: "/dev/fuse", containerPath: "/dev/fuse" }],
      capabilities: { adds: ["SYS_ADMIN"] },
      memory: 256,
      healthcheck: { tests: ["CMD", "stat", "--file-system", "/mnt/files"] },
    });
    expect(inputs.volumes).toBeUndefined();
    expect(inputs.privileged).toBeUndefined();
    expect(inputs.uploads.map(({ file }: { file: string }) => file)).toEqual([
      "/etc/ceph/ceph.conf",
      "/etc/ceph/ceph.client.mount-mnt-files.keyring",
    ]);
    // Other monitors are no reason to end it: the next start reads them from the host.
    expect(JSON.stringify(inputs)).not.toContain("192.0.2.11");
    expect((await command("b-ceph-mount-mnt-files-directory")).inputs.stdin).toContain(
      "'[v2:192.0.2.11:3300,",
    );
    expect((await command("b-ceph-mount-mnt-files-there")).inputs.stdin).toContain(
      "ceph-mount-b-mnt-files-container-id",
    );
  });

  it("mounts by the kernel without a container", async () => {
    const { inputs } = await command("c-ceph-mount-srv-read-only");
    expect(inputs.stdin).toContain("What=192.0.2.11:6789:/\nWhere=/srv/read-only\n");
    expect(inputs.stdin).toContain(",fs=files,ro,");
    const containers = (await allDeclared()).filter(({ type }) => type === container);
    expect(containers.map(({ name }) => name).filter((name) => name.includes("mount"))).toEqual([
      "ceph-mount-a-mnt-files-container",
      "ceph-mount-b-mnt-files-container",
    ]);
  });

  it("can all be deleted without a question when the stack says so", async () => {
    const all = await allDeclared();
    expect(all.filter(({ opts }) => opts.protect).map(({ name }) => name)).toEqual([]);
    const asking = all.filter(({ opts }) => opts.hooks?.beforeDelete ?? opts.hooks?.afterDelete);
    expect(asking.map(({ name }) => name)).toEqual([]);
  });
});
