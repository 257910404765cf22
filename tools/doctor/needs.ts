import { managerMemoryMiB, monitorMemoryMiB } from "../../components/ceph/daemons";
import { defaultMemoryMiB } from "../../components/harbor/parts";
import { imageReference } from "../../components/images";
import { entryMemoryMiB } from "../../components/logging/nginx-conf";
import { ports as logPorts } from "../../components/logging/paths";
import { harborParts } from "../../config/harbor-parts";
import { shippingHosts } from "../../config/log-shipper";
import { type StackSettings } from "../../config/schema";

/** What the stack will ask of a host. */
export interface HostNeeds {
  dataDirectory: string;
  dataRoot: string;
  requireMount: boolean;
  checkClock: boolean;
  /** TCP ports, and the names of programs that may have them already. */
  ports: { port: number; what: string; programs: string[] }[];
  /** Sum of the limits, MiB; pods are not among them. */
  memoryMiB: number;
  /** Where the layers of Harbor's images are. Undefined: not on this host. */
  layers?: string;
  /** OSDs in files. */
  files: { name: string; sizeGiB: number }[];
  /** OSDs on devices. */
  devices: string[];
  /** Parts of the kernel. */
  modules: string[];
  /** Controllers of cgroups. */
  controllers: string[];
  isNode: boolean;
  /** Registries that its engine asks, `host:port`. */
  registries: string[];
}

/** Pure. */
export function needsOf(settings: StackSettings, name: string): HostNeeds {
  const { engine, system, ceph, kubernetes, logging, harbor, dataDirectory } = settings;
  const roles = {
    monitor: ceph.monitors.includes(name),
    manager: ceph.managers.includes(name),
    metadata: ceph.metadataServers.includes(name),
    control: kubernetes.controlPlane.includes(name),
    worker: kubernetes.workers.includes(name),
    logs: logging.hosts.includes(name),
    harbor: harbor.host === name,
  };
  const osds = ceph.osds.filter(({ host }) => host === name);
  const mounts = ceph.mounts.filter(({ hosts }) => hosts.includes(name));
  const fuse = mounts.filter(({ client }) => client === "fuse");
  const isNode = roles.control || roles.worker;
  const shipping =
    logging.hosts.length === 0
      ? []
      : shippingHosts(
          logging.shippers,
          settings.hosts.map((host) => host.name),
        );
  const memories = [
    roles.monitor ? monitorMemoryMiB : 0,
    roles.manager ? managerMemoryMiB : 0,
    roles.metadata ? ceph.metadataServerMemoryMiB : 0,
    osds.length * ceph.osdMemoryMiB,
    ...fuse.map(({ memoryMiB }) => memoryMiB),
    roles.control ? 1700 : 0, // the least that kubeadm takes
    roles.worker ? 512 : 0, // kubelet, containerd and the pods of the cluster itself
    ...(roles.logs ? [logging.memoryMiB, logging.receiver.memoryMiB, entryMemoryMiB] : []),
    roles.logs ? (logging.kibana?.memoryMiB ?? 0) : 0,
    shipping.includes(name) ? logging.shippers.memoryMiB : 0,
    ...(roles.harbor ? harborParts(harbor) : []).map(
      (part) => harbor.memoryMiB[part] ?? defaultMemoryMiB[part],
    ),
  ];
  return {
    dataDirectory,
    dataRoot: engine.dataRoot,
    requireMount: engine.requireMount,
    checkClock: system.checkClock,
    ports: portsOf(settings, roles),
    memoryMiB: memories.reduce((sum, one) => sum + one, 0),
    layers:
      roles.harbor && !harbor.storage?.s3
        ? (harbor.storage?.directory ?? `${dataDirectory}/harbor/registry`)
        : undefined,
    files: osds.flatMap(({ file, sizeGiB = 10 }) => (file === undefined ? [] : [{ name: file, sizeGiB }])),
    devices: osds.flatMap(({ device }) => device ?? []),
    modules: [
      "overlay",
      ...(isNode ? ["br_netfilter"] : []),
      ...(fuse.length > 0 ? ["fuse"] : []),
      ...(fuse.length < mounts.length ? ["ceph"] : []),
      ...(isNode && kubernetes.storage?.kind === "csi" && kubernetes.storage.pool ? ["rbd"] : []),
      ...(isNode && kubernetes.storage?.kind === "csi" && kubernetes.storage.filesystem ? ["ceph"] : []),
    ].filter((module, index, all) => all.indexOf(module) === index),
    controllers: ["cpu", "memory", "pids"],
    isNode,
    registries: registriesOf(settings),
  };
}

interface Roles {
  monitor: boolean;
  manager: boolean;
  control: boolean;
  worker: boolean;
  logs: boolean;
  harbor: boolean;
}

function portsOf(
  { ceph, kubernetes, webApps, logging, harbor }: StackSettings,
  { monitor, manager, control, worker, logs, harbor: registry }: Roles,
) {
  const nodePorts = webApps.flatMap(({ name, entry }) =>
    entry?.nodePort ? [{ port: entry.nodePort.port, what: `the app ${name}`, programs: ["kube-proxy"] }] : [],
  );
  const of = (what: string, programs: string[], ...ports: number[]) =>
    ports.map((port) => ({ port, what, programs }));
  return [
    ...(monitor ? of("a monitor of Ceph", ["ceph-mon"], 3300, 6789) : []),
    ...(manager && ceph.managerModules.includes("dashboard")
      ? of("Ceph's dashboard", ["ceph-mgr"], 8443)
      : []),
    ...(manager && ceph.managerModules.includes("prometheus")
      ? of("Ceph's metrics", ["ceph-mgr"], 9283)
      : []),
    ...(control
      ? [
          ...of("the API of Kubernetes", ["kube-apiserver"], 6443),
          ...of("etcd", ["etcd"], 2379, 2380),
          ...of("the controllers of Kubernetes", ["kube-controller"], 10257),
          ...of("the scheduler of Kubernetes", ["kube-scheduler"], 10259),
        ]
      : []),
    ...(control && kubernetes.endpoint
      ? of("the balancers before the API", ["haproxy"], kubernetes.endpoint.port)
      : []),
    ...(control || worker ? [...of("the kubelet", ["kubelet"], 10250), ...nodePorts] : []),
    ...(logs
      ? [
          ...of("Elasticsearch", ["java"], logPorts.http, logPorts.transport),
          ...of(
            "what takes events",
            ["java", "receiver"],
            logPorts.beats,
            logPorts.events,
            logPorts.receiverApi,
          ),
          ...(logging.kibana ? of("Kibana", ["node"], logPorts.kibana) : []),
          ...(logging.entry ? of("the pages of the log store", ["nginx"], logging.entry.port) : []),
        ]
      : []),
    // A port that Docker opens for a container is not the container's own program's.
    ...(registry ? of("Harbor", ["docker-proxy"], ...Object.values(harbor.ports)) : []),
  ];
}

/** Of the images that every stack has, and the engine's mirrors. */
function registriesOf({ images, engine }: StackSettings): string[] {
  const { mirror, overrides, digests } = images;
  const reference = imageReference("ceph", { mirror, overrides, digests });
  const [registry = ""] = reference.split("/");
  const named = /[.:]|^localhost$/.test(registry) ? registry : "registry-1.docker.io";
  const insecure = engine.insecureRegistries.includes(named);
  const mirrors = engine.registryMirrors.map((url) => {
    const { hostname, port, protocol } = new URL(url);
    return `${hostname}:${port || (protocol === "http:" ? 80 : 443)}`;
  });
  const withPort = /:\d+$/.test(named) ? named : `${named}:${insecure ? 80 : 443}`;
  return [...new Set([withPort, ...mirrors])];
}
