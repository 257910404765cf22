import { unknownInCeph } from "./ceph-use-faults";
import { type FoundFault } from "./faults";
import { isMisspelled } from "./misspelled";
import { group, type KnownHost, list, text } from "./raw";

type Settings = Record<string, unknown>;

const at = (...keys: string[]) => ["kubernetes", "storage", ...keys];

/** Settings that only one kind of storage has. */
const ofKind: Record<string, string[]> = {
  csi: ["filesystem", "pool", "client", "default"],
  "host-mount": ["mount"],
};

/** What is wrong with the storage of Kubernetes beside what Ceph and the cluster have. */
export function kubernetesStorageFaults(
  kubernetes: Settings,
  ceph: Settings,
  hosts: KnownHost[],
): FoundFault[] {
  if (kubernetes.storage === undefined) return [];
  const storage = group(kubernetes.storage);
  const kind = text(storage.kind) ?? "";
  if (!Object.hasOwn(ofKind, kind)) return []; // said already
  return [
    ...strayFaults(kind, storage),
    ...(kind === "csi" ? csiFaults(storage, ceph) : hostMountFaults(storage, kubernetes, ceph, hosts)),
  ];
}

function strayFaults(kind: string, storage: Settings): FoundFault[] {
  return Object.entries(ofKind)
    .filter(([other]) => other !== kind)
    .flatMap(([other, keys]) =>
      keys
        .filter((key) => storage[key] !== undefined)
        .map((key) => ({ at: at(key), problem: `has a meaning for ${other} only, not for ${kind}` })),
    );
}

function missing(key: string, storage: Settings, what: string): FoundFault[] {
  return storage[key] !== undefined || isMisspelled(key, storage, at())
    ? []
    : [{ at: at(key), problem: `missing: ${what}` }];
}

function csiFaults(storage: Settings, ceph: Settings): FoundFault[] {
  const pools = list(ceph.pools).map((pool) => text(group(pool).name));
  const strangers = [
    ...unknownInCeph(storage.filesystem, at("filesystem"), list(ceph.filesystems).map(text), "filesystems"),
    ...unknownInCeph(storage.pool, at("pool"), pools, "pools"),
  ];
  return [
    ...missing("filesystem", storage, "one of ceph.filesystems, for the volumes of the class cephfs"),
    ...strangers,
    ...(strangers.length === 0 ? clientFaults(storage, ceph) : []),
    ...(storage.default === "rbd" && storage.pool === undefined && !isMisspelled("pool", storage, at())
      ? [{ at: at("default"), problem: "there is no class rbd without a pool" }]
      : []),
  ];
}

/** The client of ceph-csi may do what it needs, where it needs it. */
function clientFaults(storage: Settings, ceph: Settings): FoundFault[] {
  if (storage.client === undefined && isMisspelled("client", storage, at())) return [];
  const name = storage.client === undefined ? "kubernetes" : text(storage.client);
  if (name === undefined) return []; // said already
  const clients = list(ceph.clients).map(group);
  const names = clients.map((client) => text(client.name));
  if (names.includes(undefined)) return []; // or a wrong name would be reported here again
  const client = clients[names.indexOf(name)];
  if (!client) return unknownInCeph(name, at("client"), names, "clients");
  if (client.kubernetes !== true)
    return [
      {
        at: at("client"),
        problem: `the client ${name} of Ceph is not for ceph-csi: it needs kubernetes: true`,
      },
    ];
  return ["filesystem", "pool"].flatMap((key) => {
    const [wanted, given] = [text(storage[key]), text(client[key])];
    return wanted === undefined || wanted === given
      ? []
      : [
          {
            at: at("client"),
            problem: `the client ${name} of Ceph has ${given ? `the ${key} ${given}` : `no ${key}`}, not ${wanted}`,
          },
        ];
  });
}

/** A pod may come to any node, and finds its volume there only if the mount is. */
function hostMountFaults(
  storage: Settings,
  kubernetes: Settings,
  ceph: Settings,
  hosts: KnownHost[],
): FoundFault[] {
  if (kubernetes.kubeconfigFile !== undefined)
    return [
      {
        at: at("kind"),
        problem:
          "of a cluster that is there already it is not known whether its nodes have the mount: use csi",
      },
    ];
  const path = text(storage.mount);
  if (path === undefined) return missing("mount", storage, "the path of one of ceph.mounts");
  const mounts = list(ceph.mounts).map(group);
  const paths = mounts.map((mount) => text(mount.path));
  if (paths.includes(undefined)) return []; // or a wrong path would be reported here again
  const mount = mounts[paths.indexOf(path)];
  if (!mount)
    return [
      {
        at: at("mount"),
        problem: `"${path}" is not the path of one of ceph.mounts (${paths.join(", ") || "there are none"})`,
      },
    ];
  if (mount.access === "read") return [{ at: at("mount"), problem: `${path} can only be read` }];
  const has = list(mount.hosts);
  const known = hosts.map(({ name }) => name);
  const nodes = [...list(kubernetes.controlPlane), ...list(kubernetes.workers)];
  const without = known.filter((name) => nodes.includes(name) && !has.includes(name));
  return has.length === 0 || !has.every((name) => known.includes(text(name))) || without.length === 0
    ? []
    : [{ at: at("mount"), problem: `${path} is not on all nodes: not on ${without.join(", ")}` }];
}
