import { CephCluster } from "./components/ceph";
import { Host } from "./components/hosts";
import { kubernetesOf } from "./components/kubernetes";
import { loadSettings, sshOf } from "./config";

const { hosts, ssh, engine, system, images, dataDirectory, protectData, ceph, kubernetes } = loadSettings();

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
const storage = new CephCluster("ceph", {
  ...ceph,
  monitors: named(ceph.monitors),
  managers: named(ceph.managers),
  osds: ceph.osds.flatMap(({ host, ...store }) => named([host]).map((machine) => ({ host: machine, store }))),
  metadataServers: named(ceph.metadataServers),
  mounts: ceph.mounts.map((mount) => ({ ...mount, hosts: named(mount.hosts) })),
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
