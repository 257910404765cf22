import { describe, expect, it } from "vitest";
import { ConfigurationFaults, validate } from "../../../config";
import { smallestSettings } from "./samples";

type Group = Record<string, unknown>;

/** A stack with ceph-csi, in which parts may be changed before its faults are asked for. */
function faults(change: (parts: { storage: Group; client: Group; mount: Group; kubernetes: Group }) => void) {
  const { hosts, ceph } = smallestSettings();
  const host2 = { ...hosts[0]!, name: "host2", address: "192.0.2.12" };
  const storage: Group = { kind: "csi", filesystem: "cephfs", pool: "disks" };
  const client: Group = { name: "kubernetes", filesystem: "cephfs", pool: "disks", kubernetes: true };
  const mount: Group = { filesystem: "cephfs", path: "/mnt/cephfs", hosts: ["host1", "host2"] };
  const kubernetes: Group = { version: "1.34.1", controlPlane: ["host1"], workers: ["host2"], storage };
  change({ storage, client, mount, kubernetes });
  const pools = [{ name: "disks" }];
  const more = {
    metadataServers: ["host1"],
    filesystems: ["cephfs"],
    pools,
    clients: [client],
    mounts: [mount],
  };
  try {
    validate({ hosts: [hosts[0], host2], ceph: { ...ceph, ...more }, kubernetes });
    return [];
  } catch (error) {
    if (error instanceof ConfigurationFaults) return error.message.split("\n");
    throw error;
  }
}

/** The same stack with directories on the hosts' mount. */
const onHosts = (storage: Group) => {
  for (const key of Object.keys(storage)) delete storage[key];
  Object.assign(storage, { kind: "host-mount", mount: "/mnt/cephfs" });
};

describe("kubernetes.storage", () => {
  it("is valid with ceph-csi, with directories, and with ceph-csi in a cluster that is there already", () => {
    expect(faults(() => undefined)).toEqual([]);
    expect(faults(({ storage }) => Object.assign(storage, { default: "rbd" }))).toEqual([]);
    expect(faults(({ storage }) => onHosts(storage))).toEqual([]);
    const there = (kubernetes: Group) => {
      for (const key of ["version", "controlPlane", "workers"]) delete kubernetes[key];
      kubernetes.kubeconfigFile = "~/.kube/prod";
    };
    expect(faults(({ kubernetes }) => there(kubernetes))).toEqual([]);
  });

  it.each<[string, Parameters<typeof faults>[0], string]>([
    ["kind", ({ storage }) => (storage.kind = "nfs"), "storage.kind: expected csi or host-mount"],
    [
      "no file system",
      ({ storage }) => delete storage.filesystem,
      "storage.filesystem: missing: one of ceph.filesystems",
    ],
    [
      "file system",
      ({ storage }) => (storage.filesystem = "files"),
      'storage.filesystem: "files" is not one of ceph.filesystems (cephfs)',
    ],
    [
      "pool of another",
      ({ client }) => delete client.pool,
      "storage.client: the client kubernetes of Ceph has no pool, not disks",
    ],
    [
      "client that is not there",
      ({ client }) => (client.name = "other"),
      'storage.client: "kubernetes" is not one of ceph.clients (other)',
    ],
    [
      "client of another kind",
      ({ storage, client }) => {
        storage.client = client.name = "reader";
        delete client.kubernetes;
      },
      "storage.client: the client reader of Ceph is not for ceph-csi: it needs kubernetes: true",
    ],
    [
      "default class that is not there",
      ({ storage }) => {
        delete storage.pool;
        storage.default = "rbd";
      },
      "storage.default: there is no class rbd without a pool",
    ],
    [
      "mount for ceph-csi",
      ({ storage }) => (storage.mount = "/mnt/cephfs"),
      "storage.mount: has a meaning for host-mount only, not for csi",
    ],
    [
      "pool for directories",
      ({ storage }) => {
        onHosts(storage);
        storage.pool = "disks";
      },
      "storage.pool: has a meaning for csi only, not for host-mount",
    ],
    [
      "no mount",
      ({ storage }) => {
        onHosts(storage);
        delete storage.mount;
      },
      "storage.mount: missing: the path of one of ceph.mounts",
    ],
    [
      "misspelled mount",
      ({ storage }) => {
        onHosts(storage);
        storage.mout = storage.mount;
        delete storage.mount;
      },
      "storage.mout: unknown key, did you mean mount?",
    ],
    [
      "mount that is not there",
      ({ storage }) => {
        onHosts(storage);
        storage.mount = "/mnt/other";
      },
      'storage.mount: "/mnt/other" is not the path of one of ceph.mounts (/mnt/cephfs)',
    ],
    [
      "mount that can't be written",
      ({ storage, mount }) => {
        onHosts(storage);
        mount.access = "read";
      },
      "storage.mount: /mnt/cephfs can only be read",
    ],
    [
      "mount that a node lacks",
      ({ storage, mount }) => {
        onHosts(storage);
        mount.hosts = ["host1"];
      },
      "storage.mount: /mnt/cephfs is not on all nodes: not on host2",
    ],
    [
      "directories in a cluster that is there already",
      ({ storage, kubernetes }) => {
        onHosts(storage);
        for (const key of ["version", "controlPlane", "workers"]) delete kubernetes[key];
        kubernetes.kubeconfigFile = "~/.kube/prod";
      },
      "storage.kind: of a cluster that is there already it is not known whether its nodes have the mount",
    ],
  ])("has one fault: %s", (_, change, expected) => {
    expect(faults(change)).toEqual([expect.stringContaining(`kubernetes.${expected}`)]);
  });
});
