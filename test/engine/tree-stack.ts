import { exampleHostKey, settingsInFile } from "../unit/config/samples";

/** The settings of a stack in the tree, with keys for its hosts, and some of them replaced. */
export function treeStack(name: "dev" | "prod", replaced: Record<string, unknown> = {}): object {
  const { hosts, ...settings } = settingsInFile(name);
  const known = hosts.map((host, index) => ({ ...host, hostKey: exampleHostKey(index) }));
  const all: Record<string, unknown> = { ...settings, hosts: known, ...replaced };
  return {
    "pulumi:disable-default-providers": ["docker", "kubernetes"],
    ...Object.fromEntries(Object.entries(all).map(([key, value]) => [`farmstack:${key}`, value])),
  };
}

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

/** The production stack of the tree with disks, mounts and an application on a database. */
export const fullProduction = (replaced: Record<string, unknown> = {}): object => {
  const ceph = settingsInFile("prod").ceph as object;
  const hosts = ["host1", "host2", "host3"];
  return treeStack("prod", {
    images: { overrides: { mongodb: `docker.io/library/mongo:8.0.29-noble@${digest}` } },
    ceph: {
      ...ceph,
      osds: hosts.map((host) => ({ host, device: `/dev/disk/by-id/ata-${host.toUpperCase()}` })),
      mounts: [{ filesystem: "cephfs", path: "/mnt/cephfs", hosts }],
      managerModules: ["dashboard"],
    },
    namespaces: [{ name: "shop", environment: "PRODUCTION" }],
    databases: [
      { name: "mongo", namespace: "shop", engine: "mongodb", members: 3, sizeGiB: 20, backup: { sizeGiB: 40 } },
    ],
    webApps: [
      {
        name: "front",
        namespace: "shop",
        image: `registry.example.com/front:1.0@${digest}`,
        port: 3000,
        database: { name: "mongo" },
        replicas: 2,
      },
    ],
    ...replaced,
  });
};
