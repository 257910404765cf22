import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { monitorEndpoints, renderCephConf } from "../../../components/ceph/ceph-conf";
import { cephxKey, keyBytes } from "../../../components/ceph/cephx-key";
import { managerCommand, monitorCommand } from "../../../components/ceph/daemons";
import { managerGate, monitorGate, quorumGate } from "../../../components/ceph/gates";
import { capabilities, renderKeyring } from "../../../components/ceph/keyring";
import { type OsdStore, storeName } from "../../../components/ceph/osd-store";
import { monitorStoreScript } from "../../../components/ceph/monitor-store";

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

describe("what is rendered", () => {
  it("ceph.conf", () => {
    expect(
      renderCephConf({
        fsid,
        monitors,
        publicNetwork: "192.0.2.0/24",
        clusterNetwork: "198.51.100.0/24",
        settings: { global: { osd_pool_default_min_size: 1 }, osd: { osd_memory_target: 939524096 } },
      }),
    ).toMatchSnapshot();
  });

  it("endpoints of an IPv6 monitor", () => {
    expect(monitorEndpoints("2001:db8::13")).toBe("[v2:[2001:db8::13]:3300,v1:[2001:db8::13]:6789]");
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
