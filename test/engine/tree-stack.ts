import { exampleHostKey, settingsInFile } from "../unit/config/samples";

/** The settings of a stack in the tree, with keys for its hosts, and some of them replaced. */
export function treeStack(name: "dev" | "prod", replaced: Record<string, unknown> = {}): object {
  const settings = { ...settingsInFile(name), ...replaced };
  const hosts = settings.hosts.map((host, index) => ({ ...host, hostKey: exampleHostKey(index) }));
  return {
    "pulumi:disable-default-providers": ["docker", "kubernetes"],
    ...Object.fromEntries(
      Object.entries({ ...settings, hosts }).map(([key, value]) => [`farmstack:${key}`, value]),
    ),
  };
}

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

/** What a production stack is made of, to be changed by a test. */
export interface ProductionParts {
  osds: string[];
  cephImage?: string;
  apps: object[];
  databases: object[];
  harbor: object;
  protectData: boolean;
}

export const production: ProductionParts = {
  osds: ["ata-A", "ata-B"],
  apps: [
    {
      name: "front",
      namespace: "shop",
      image: `registry.example.com/front:1.0@${digest}`,
      port: 3000,
      replicas: 2,
    },
  ],
  databases: [{ name: "mongo", namespace: "shop", members: 1, sizeGiB: 20, backup: { sizeGiB: 40 } }],
  // What is declared in a Harbor has to be asked of one.
  harbor: {
    host: "host1",
    hostname: "registry.example.com",
    ports: { https: 5443, metrics: 9091 },
    scanner: {},
  },
  protectData: true,
};

/** The production stack of the tree on one host, with disks, a mount, Harbor, and an application beside a database. */
export function productionStack({
  osds,
  cephImage,
  apps,
  databases,
  harbor,
  protectData,
}: ProductionParts): object {
  const settings = settingsInFile("prod");
  const hosts = ["host1"];
  return treeStack("prod", {
    hosts: settings.hosts.slice(0, 1),
    images: {
      overrides: {
        mongodb: `docker.io/library/mongo:8.0.29-noble@${digest}`,
        ...(cephImage ? { ceph: cephImage } : {}),
      },
    },
    ceph: {
      ...(settings.ceph as object),
      monitors: hosts,
      managers: hosts,
      metadataServers: hosts,
      osds: osds.map((disk) => ({ host: "host1", device: `/dev/disk/by-id/${disk}` })),
      mounts: [{ filesystem: "cephfs", path: "/mnt/cephfs", hosts }],
      managerModules: ["dashboard"],
    },
    kubernetes: { ...(settings.kubernetes as object), controlPlane: hosts },
    logging: { ...(settings.logging as object), hosts },
    namespaces: [{ name: "shop", environment: "PRODUCTION" }],
    databases,
    webApps: apps,
    harbor,
    protectData,
  });
}
