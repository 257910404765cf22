import { monitorEndpoints } from "./ceph-conf";

/** Where ceph.conf and the administrator's keyring are in every container. */
export const cephConfPath = "/etc/ceph/ceph.conf";
export const adminKeyringPath = "/etc/ceph/ceph.client.admin.keyring";

/** Where a daemon's data is in its container. */
export const dataPath = (kind: "mon" | "mgr", id: string): string => `/var/lib/ceph/${kind}/ceph-${id}`;

/** A daemon's admin socket in its container. */
export const adminSocket = (kind: "mon" | "mgr", id: string): string => `/run/ceph/ceph-${kind}.${id}.asok`;

/** Container of a daemon. No dots: they would end in host names that don't resolve. */
export const containerName = (kind: "mon" | "mgr", id: string): string => `ceph-${kind}-${id}`;

// Root starts a daemon, which drops to the user `ceph`; the log goes to the container's.
const common = (kind: "mon" | "mgr", id: string): string[] => [
  "--foreground",
  "--id",
  id,
  "--setuser",
  "ceph",
  "--setgroup",
  "ceph",
  "--default-log-to-file=false",
  "--default-log-to-stderr=true",
  "--default-log-stderr-prefix=debug ",
  "--admin-socket",
  adminSocket(kind, id),
];

/** Command line of a monitor. https://docs.ceph.com/en/latest/man/8/ceph-mon/ */
export function monitorCommand(id: string, address: string): string[] {
  return [
    "ceph-mon",
    ...common("mon", id),
    "--public-addrv",
    monitorEndpoints(address),
    "--default-mon-cluster-log-to-file=false",
    "--default-mon-cluster-log-to-stderr=true",
  ];
}

/** Command line of a manager. https://docs.ceph.com/en/latest/mgr/administrator/ */
export function managerCommand(id: string): string[] {
  return ["ceph-mgr", ...common("mgr", id)];
}
