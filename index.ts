import { CephCluster } from "./components/ceph";
import { HarborRegistry } from "./components/harbor";
import { HarborContents } from "./components/harbor-contents";
import { Host } from "./components/hosts";
import { kubernetesOf, kubernetesProvider } from "./components/kubernetes";
import { imageReference } from "./components/images";
import { HostLogShipper, KubernetesLogShipper } from "./components/log-shipper";
import { LoggingNode } from "./components/logging";
import { KubernetesMetrics } from "./components/kubernetes-metrics";
import { type KubernetesStorage, kubernetesStorageOf } from "./components/kubernetes-storage";
import { MongoDatabase } from "./components/mongodb";
import { PlatformNamespace } from "./components/namespace";
import { WebApp } from "./components/web-app";
import {
  harborContentsOf,
  harborOf,
  imageSourcesOf,
  loadSettings,
  loggingOf,
  pageOf,
  shipperName,
  shipperOutput,
  shippingHosts,
  shipsPods,
  sshOf,
  webAppOf,
} from "./config";
import { spareDebugLog } from "./debug-log";
import { spareTracesOfPromises } from "./stack-traces";

spareTracesOfPromises();
spareDebugLog();

const {
  hosts,
  ssh,
  engine,
  system,
  dataDirectory,
  protectData,
  ceph,
  kubernetes,
  namespaces,
  databases,
  webApps,
  logging,
  harbor,
  ...settings
} = loadSettings();
const images = imageSourcesOf(settings.images, harbor);

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

// The registry, and what is in it
const [registryHost] = named(harbor.host === undefined ? [] : [harbor.host]);
const registry =
  registryHost &&
  new HarborRegistry("harbor", { ...harborOf(harbor), host: registryHost, protect: protectData });
const registryContents =
  registry &&
  new HarborContents(
    "harbor-contents",
    { ...harborContentsOf(harbor), connection: registry.connection, protect: protectData },
    { dependsOn: registry },
  );

// The cluster for applications. After the storage: containerd, which Docker stands on as well, starts again with
// settings for both.
const cluster = kubernetesOf(
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
// Nodes of the stack's own cluster have the registry's login themselves.
const pods = kubernetes.kubeconfigFile === undefined ? { ...images, registry: undefined } : images;
const provider = cluster && kubernetesProvider("kubernetes", cluster);
const volumes =
  provider &&
  kubernetes.storage &&
  kubernetesStorageOf(
    "kubernetes-storage",
    kubernetes.storage,
    { cluster: storage, monitors, mounts },
    { images: pods, protect: protectData },
    { provider, dependsOn: storage },
  );
if (provider && kubernetes.metrics)
  new KubernetesMetrics("kubernetes-metrics", { ...kubernetes.metrics, images }, { provider });

// Applications. That what they name is there was checked with the settings.
const spaces = new Map(
  namespaces.map(({ name, ...args }) => [
    name,
    new PlatformNamespace(
      name,
      { ...args, kubernetesVersion: cluster?.version, registry: pods.registry, protect: protectData },
      { provider },
    ),
  ]),
);
const space = (name: string) => spaces.get(name) as PlatformNamespace;
const stores = new Map(
  databases.map(({ name, namespace, ...args }) => [
    name,
    new MongoDatabase(
      name,
      {
        ...args,
        namespace: space(namespace).namespace,
        image: imageReference(args.engine, images),
        toolsImage: imageReference("mongodbTools", images),
        storage: volumes as KubernetesStorage,
        protect: protectData,
      },
      { provider },
    ),
  ]),
);
const apps = new Map(
  webApps.map((app) => {
    const database = app.database && stores.get(app.database.name);
    const args = webAppOf(app, images, space(app.namespace), database);
    return [app.name, new WebApp(app.name, args, { provider })];
  }),
);

// Where all their lines go. Nothing of the above needs it to start.
const logs = loggingOf(logging, named(logging.hosts), protectData);
const logStore = logs && new LoggingNode("logging", logs, { dependsOn: logs.repository ? storage : [] });
if (logStore) {
  const { shippers } = logging;
  const output = shipperOutput(logging, logStore);
  const { queueMiB, memoryMiB, exclude } = shippers;
  const common = { output, queueMiB, memoryMiB };
  const { containers, pods } = logStore.dataStreams;
  for (const host of named(shippingHosts(shippers, [...machines.keys()])))
    new HostLogShipper(shipperName(host.hostName), { ...common, host, exclude, dataStream: containers });
  if (provider && shipsPods(shippers, true))
    new KubernetesLogShipper("log-shipper-pods", { ...common, images, dataStream: pods }, { provider });
}

const fromEach = <T, V>(made: Map<string, T>, take: (one: T) => V) =>
  Object.fromEntries([...made].map(([name, one]) => [name, take(one)]));

export const hostAddresses = Object.fromEntries([...machines].map(([name, { address }]) => [name, address]));
export const cephFsid = storage.fsid;
export const cephMonitors = ceph.monitors;
export const cephMonitorAddresses = storage.monitorAddresses;
export const cephAdminKeyring = storage.adminKeyring;
export const cephClientKeyrings = storage.clientKeyrings;
export const cephDashboardPassword = storage.dashboardPassword ?? null; // undefined would be warned of
export const cephHealthCommand = storage.healthCommand;
export const harborUrl = registry?.url ?? null;
export const harborCa = registry?.ca ?? null;
export const harborAdminPassword = registry?.adminPassword ?? null;
export const harborHealthCommand = registry?.healthCommand ?? null;
export const harborRobots = registryContents?.robots ?? null;
export const kubernetesKubeconfig = cluster?.kubeconfig ?? null;
export const kubernetesEndpoint = cluster?.endpoint ?? null;
export const kubernetesNodes = cluster?.nodes ?? null; // of a cluster that was there before nothing is known
export const kubernetesVersion = cluster?.version ?? null;
export const kubernetesHealthCommand = cluster?.healthCommand ?? null;
export const kubernetesStorage = volumes?.description ?? null;
export const kubernetesStorageClasses = volumes?.classNames ?? null;
export const databaseUrls = fromEach(stores, ({ url }) => url);
export const databaseEngines = fromEach(stores, ({ engine: its }) => its);
export const databaseHealthCommands = fromEach(stores, ({ healthCommand }) => healthCommand);
export const webAppPages = Object.fromEntries(
  webApps.map((app) => [app.name, pageOf(app, named(kubernetes.controlPlane)[0]?.address) ?? null]),
);
export const webAppUrls = fromEach(apps, ({ url }) => url);
export const webAppHealthCommands = fromEach(apps, ({ healthCommand }) => healthCommand);
export const loggingUrl = logStore?.url ?? null;
export const loggingReceiver = logStore?.receiver ?? null; // logstash, or what stands in for it
export const loggingReceivers = logStore?.beats.hosts ?? null;
export const loggingStoreUrls = logStore?.elasticsearch.urls ?? null;
export const loggingCa = logStore?.ca ?? null;
export const loggingReader = logStore?.reader ?? null;
export const loggingElasticPassword = logStore?.elasticPassword ?? null;
export const loggingHealthCommand = logStore?.healthCommand ?? null;
