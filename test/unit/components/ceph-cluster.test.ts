import { beforeAll, describe, expect, it } from "vitest";
import { type CephCluster } from "../../../components/ceph";
import { exampleHost } from "./examples";
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
        settings: { mon: { mon_data_avail_warn: 5 } },
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
    expect(await valueOf(cluster.cephConf)).toContain("mon_data_avail_warn = 5");
    expect(await valueOf(cluster.adminKeyring)).toMatch(/^\[client\.admin\]\n\tkey = AQAAAAAAAAAAABAA/);
    expect(cluster.healthCommand).toBe("ssh root@192.0.2.11 docker exec ceph-mon-a ceph -s");
  });

  it("keeps the generated identity and keys from being deleted", async () => {
    const generated = (await allDeclared()).filter(({ type }) => type.startsWith("random:"));
    expect(generated.map(({ name }) => name).sort()).toEqual([
      "ceph-fsid",
      "ceph-key-client-admin",
      "ceph-key-mgr-a",
      "ceph-key-mgr-b",
      "ceph-key-mon",
    ]);
    expect(generated.every(({ opts }) => opts.protect === true)).toBe(true);
  });

  it("runs a monitor on each host, on that host's engine, with its own address and store", async () => {
    for (const [i, name] of ["a", "b", "c"].entries()) {
      const { inputs, provider } = await find(container, `ceph-mon-${name}-container`);
      expect(provider).toContain(`::${name}-docker::`);
      expect(inputs.entrypoints).toEqual(["ceph-mon"]);
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
    const header = Buffer.from("010000000000000000001000", "hex");
    const keys = (await allDeclared())
      .filter(({ type }) => type === "random:index/randomBytes:RandomBytes")
      .map(({ name }) => Buffer.concat([header, Buffer.alloc(16, name)]).toString("base64"));
    expect(keys).toHaveLength(4);
    for (const key of keys) {
      const places = (await allDeclared()).flatMap(({ name, inputs, secrets }) =>
        Object.keys(inputs)
          .filter((input) => JSON.stringify(inputs[input]).includes(key))
          .map((input) => ({ name, input, secret: secrets.includes(input) })),
      );
      expect(places.length).toBeGreaterThan(0);
      expect(places.filter(({ input, secret }) => !secret || !["uploads", "stdin"].includes(input))).toEqual(
        [],
      );
    }
  });

  it("touches one monitor at a time, and managers after the quorum", async () => {
    const { opts } = await find("farmstack:container:Container", "ceph-mon-b");
    expect(await dependencies(opts.dependsOn)).toEqual([
      "b-ceph-mon-b-store",
      "a-ceph-mon-a-back",
      "b-ceph-mon-b-may-change",
    ]);
    const manager = await find("farmstack:container:Container", "ceph-mgr-a");
    expect(await dependencies(manager.opts.dependsOn)).toEqual(["a-ceph-keys"]);
    const second = await find("farmstack:container:Container", "ceph-mgr-b");
    expect(await dependencies(second.opts.dependsOn)).toEqual(["a-ceph-mgr-a-back"]);
  });

  it("ends an old container before its successor starts", async () => {
    const containers = (await allDeclared()).filter(({ type }) => type === container);
    expect(containers).toHaveLength(5);
    expect(containers.every(({ opts }) => opts.deleteBeforeReplace === true)).toBe(true);
  });

  it("asks a gate again whenever its container is another", async () => {
    expect((await find(remoteCommand, "c-ceph-mon-c-back")).inputs.stdin).toContain(
      "ceph-mon-c-container-id",
    );
  });
});

async function dependencies(dependsOn: unknown): Promise<string[]> {
  const resources = [dependsOn].flat() as { urn: Parameters<typeof valueOf<string>>[0] }[];
  const urns = await Promise.all(resources.map(({ urn }) => valueOf(urn)));
  return urns.map((urn) => urn.split("::").pop() as string);
}
