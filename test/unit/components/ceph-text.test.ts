import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  kernelAddresses,
  mergeSettings,
  monitorEndpoints,
  renderCephConf,
} from "../../../components/ceph/ceph-conf";
import { cephxKey, keyBytes } from "../../../components/ceph/cephx-key";
import { type ClientArgs, clientCapabilities } from "../../../components/ceph/clients";
import { managerCommand, monitorCommand } from "../../../components/ceph/daemons";
import { managerGate, monitorGate, quorumGate } from "../../../components/ceph/gates";
import { capabilities, renderKeyring } from "../../../components/ceph/keyring";
import { mountName } from "../../../components/ceph/mount-name";
import { type OsdStore, storeName } from "../../../components/ceph/osd-store";
import { monitorStoreScript } from "../../../components/ceph/monitor-store";
import { defaultSettings } from "../../../components/ceph/settings";

const monitors = [
  { name: "a", address: "192.0.2.11" },
  { name: "b", address: "192.0.2.12" },
  { name: "c", address: "2001:db8::13" },
];
const fsid = "11111111-2222-4333-8444-555555555555";

describe("cephxKey", () => {
  it("packs type, time, length and secret, little endian", () => {
    const secret = Buffer.from("000102030405060708090a0b0c0d0e0f", "hex");
    expect(cephxKey("aes", secret)).toBe("AQAAAAAAAAAAABAAAAECAwQFBgcICQoLDA0ODw==");
    const long = Buffer.concat([secret, secret]);
    expect(cephxKey("aes256k", long)).toBe("AgAAAAAAAAAAACAAAAECAwQFBgcICQoLDA0ODwABAgMEBQYHCAkKCwwNDg8=");
  });

  it("keeps every secret, and takes no other length", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("aes" as const, "aes256k" as const),
        fc.uint8Array({ maxLength: 40 }),
        (type, bytes) => {
          const secret = Buffer.from(bytes);
          if (secret.length !== keyBytes(type))
            expect(() => cephxKey(type, secret)).toThrow(`not ${secret.length}`);
          else expect(Buffer.from(cephxKey(type, secret), "base64").subarray(12)).toEqual(secret);
        },
      ),
    );
  });
});

describe("the name of a store", () => {
  const device = fc
    .stringMatching(/^[a-z0-9][a-z0-9._:-]{0,20}$/)
    .map((name) => ({ device: `/dev/disk/by-id/${name}` }));
  const file = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/).map((name) => ({ file: name, sizeGiB: 1 }));
  const topology = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 7 }), fc.oneof(device, file)), {
    minLength: 1,
    maxLength: 40,
    selector: ([host, store]) => `${host} ${storeName(store)}`,
  });
  const names = (osds: [number, OsdStore][]) =>
    osds.map(([host, store]) => `host${host}-${storeName(store)}`);

  it("does not change when another is added or removed, and is fit for a container", () => {
    fc.assert(
      fc.property(topology, fc.nat(), (osds, at) => {
        const all = names(osds);
        const without = osds.filter((_, index) => index !== at % osds.length);
        expect(names(without)).toEqual(all.filter((_, index) => index !== at % osds.length));
        expect(new Set(all).size).toBe(all.length);
        for (const name of all) expect(name).toMatch(/^[a-zA-Z0-9][a-zA-Z0-9_-]*$/);
      }),
    );
  });
});

describe("settings", () => {
  it("leave daemons a part of their containers' memory", () => {
    expect(defaultSettings({ osdMemoryMiB: 1200, metadataServerMemoryMiB: 257 })).toMatchObject({
      osd: { osd_memory_target: 960 * 1024 * 1024 },
      mds: { mds_cache_memory_limit: 128 * 1024 * 1024 },
    });
  });

  it("of the stack go before the program's, option by option", () => {
    const merged = mergeSettings(
      { mon: { a: 1, b: 2 }, osd: { c: 3 } },
      { mon: { b: 9 }, mgr: { d: false } },
    );
    expect(merged).toEqual({ mon: { a: 1, b: 9 }, osd: { c: 3 }, mgr: { d: false } });
  });
});

describe("what a client may do", () => {
  it.each<[string, Omit<ClientArgs, "name">, object]>([
    ["nothing", {}, {}],
    [
      "work in a file system",
      { filesystem: "files" },
      { mon: "allow r fsname=files", osd: "allow rw tag cephfs data=files", mds: "allow rw fsname=files" },
    ],
    [
      "read a directory",
      { filesystem: "files", path: "/documents", access: "read" },
      {
        mon: "allow r fsname=files",
        osd: "allow r tag cephfs data=files",
        mds: "allow r fsname=files path=/documents",
      },
    ],
    [
      "work in a pool",
      { pool: "disks" },
      { mon: "profile rbd", mgr: "profile rbd pool=disks", osd: "profile rbd pool=disks" },
    ],
    [
      "read a pool",
      { pool: "disks", access: "read" },
      { mon: "profile rbd", mgr: "profile rbd pool=disks", osd: "profile rbd-read-only pool=disks" },
    ],
    [
      "make volumes in both",
      { filesystem: "files", pool: "disks", kubernetes: true },
      {
        mon: "allow r fsname=files, profile rbd",
        mgr: "allow rw, profile rbd pool=disks",
        osd: "allow rw tag cephfs metadata=files, allow rw tag cephfs data=files, profile rbd pool=disks",
        mds: "allow r fsname=files path=/volumes, allow rws fsname=files path=/volumes/csi",
      },
    ],
  ])("%s", (_, args, expected) => {
    expect(clientCapabilities({ name: "one", ...args })).toEqual(expected);
  });
});

it("a mount's name is fit for a container", () => {
  expect(mountName("/mnt/cephfs")).toBe("mnt-cephfs");
  expect(mountName("/srv/a.b/C_d")).toBe("srv-a-b-C_d");
});

describe("what is rendered", () => {
  it("ceph.conf", () => {
    expect(
      renderCephConf({
        fsid,
        monitors,
        publicNetwork: "192.0.2.0/24",
        clusterNetwork: "198.51.100.0/24",
        startupSettings: { global: { ms_async_op_threads: 4 }, osd: { osd_op_num_shards: 8 } },
      }),
    ).toMatchSnapshot();
  });

  it("endpoints of an IPv6 monitor", () => {
    expect(monitorEndpoints("2001:db8::13")).toBe("[v2:[2001:db8::13]:3300,v1:[2001:db8::13]:6789]");
  });

  it("addresses for the kernel's client", () => {
    expect(kernelAddresses(monitors)).toBe("192.0.2.11:6789,192.0.2.12:6789,[2001:db8::13]:6789");
  });

  it("a keyring", () => {
    expect(
      renderKeyring([
        { entity: "mon.", key: "AQ==", caps: capabilities.monitor },
        { entity: "client.admin", key: "Ag==", caps: capabilities.admin },
      ]),
    ).toMatchSnapshot();
  });

  it("command lines", () => {
    expect(monitorCommand("a", "192.0.2.11").join(" ")).toMatchSnapshot();
    expect(managerCommand("a").join(" ")).toMatchSnapshot();
  });

  it("scripts", () => {
    const gate = {
      container: "ceph-mon-a",
      because: "abc",
      patience: 3,
      look: "ssh root@192.0.2.11 docker ps",
    };
    expect(monitorGate("a", gate)).toMatchSnapshot();
    expect(quorumGate(["a", "b"], gate)).toMatchSnapshot();
    expect(managerGate(gate)).toMatchSnapshot();
    expect(
      monitorStoreScript({
        monitor: { name: "a", address: "192.0.2.11" },
        monitors,
        fsid,
        keyring: "[mon.]\n\tkey = AQ==\n",
        image: "sha256:abc",
        directory: "/var/lib/farmstack/ceph/mon-a",
      }),
    ).toMatchSnapshot();
  });
});
