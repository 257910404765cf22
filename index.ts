import { CephCluster } from "./components/ceph";
import { Host } from "./components/hosts";
import { kubernetesOf, kubernetesProvider } from "./components/kubernetes";
import { imageReference } from "./components/images";
import { type KubernetesStorage, kubernetesStorageOf } from "./components/kubernetes-storage";
import { MongoDatabase } from "./components/mongodb";
import { PlatformNamespace } from "./components/namespace";
import { loadSettings, sshOf } from "./config";

const {
  hosts,
  ssh,
  engine,
  system,
  images,
  dataDirectory,
  protectData,
  ceph,
  kubernetes,
  namespaces,
  databases,
} = loadSettings();

// The machines
const machines = new Map(
  hosts.map((host) => {
    const { name, address, hostKey } = host;
    return [
      name,
      new Host(name, { address, hostKey, ssh: sshOf(ssh, host), engine, system, images, dataDirectory }),
    ];
  }),
);
const named = (names: string[]) => names.map((name) => machines.get(name) as Host);

// Storage
const monitors = named(ceph.monitors);
const mounts = ceph.mounts.map((mount) => ({ ...mount, hosts: named(mount.hosts) }));
const storage = new CephCluster("ceph", {
  ...ceph,
  monitors,
  managers: named(ceph.managers),
  osds: ceph.osds.flatMap(({ host, ...store }) => named([host]).map((machine) => ({ host: machine, store }))),
  metadataServers: named(ceph.metadataServers),
  mounts,
  protect: protectData,
});

// Applications. After the storage: containerd, which Docker stands on as well, starts again with settings for both.
const applications = kubernetesOf(
  "kubernetes",
  {
    ...kubernetes,
    controlPlane: named(kubernetes.controlPlane),
    workers: named(kubernetes.workers),
    images,
    insecureRegistries: engine.insecureRegistries,
  },
  { dependsOn: storage },
);
const provider = applications && kubernetesProvider("kubernetes", applications);
const volumes =
  provider &&
  kubernetes.storage &&
  kubernetesStorageOf(
    "kubernetes-storage",
    kubernetes.storage,
    { cluster: storage, monitors, mounts },
    { images, protect: protectData },
    { provider, dependsOn: storage },
  );

const spaces = new Map(
  namespaces.map(({ name, ...args }) => [
    name,
    new PlatformNamespace(
      name,
      { ...args, kubernetesVersion: applications?.version, protect: protectData },
      { provider },
    ),
  ]),
);
const stores = databases.map(
  ({ name, namespace, ...args }) =>
    new MongoDatabase(
      name,
      {
        ...args,
        namespace: (spaces.get(namespace) as PlatformNamespace).namespace,
        image: imageReference(args.engine, images),
        toolsImage: imageReference("mongodbTools", images),
        storage: volumes as KubernetesStorage,
        protect: protectData,
      },
      { provider },
    ),
);

export const hostAddresses = Object.fromEntries([...machines].map(([name, { address }]) => [name, address]));
export const cephFsid = storage.fsid;
export const cephMonitors = ceph.monitors;
export const cephMonitorAddresses = storage.monitorAddresses;
export const cephAdminKeyring = storage.adminKeyring;
export const cephClientKeyrings = storage.clientKeyrings;
export const cephDashboardPassword = storage.dashboardPassword ?? null; // undefined would be warned of
export const cephHealthCommand = storage.healthCommand;
export const kubernetesKubeconfig = applications?.kubeconfig ?? null;
export const kubernetesEndpoint = applications?.endpoint ?? null;
export const kubernetesNodes = applications?.nodes ?? null; // of a cluster that was there before nothing is known
export const kubernetesVersion = applications?.version ?? null;
export const kubernetesHealthCommand = applications?.healthCommand ?? null;
export const kubernetesStorage = volumes?.description ?? null;
export const kubernetesStorageClasses = volumes?.classNames ?? null;
export const databaseUrls = Object.fromEntries(
  databases.map(({ name }, index) => [name, stores[index]?.url]),
);
export const databaseEngines = Object.fromEntries(databases.map(({ name, engine: its }) => [name, its]));
