import type * as pulumi from "@pulumi/pulumi";
import { monitorEndpoints } from "./ceph-conf";

/** The kinds of daemons, as Ceph abbreviates them. */
export type DaemonKind = "mon" | "mgr" | "osd" | "mds";

/** Most memory of a monitor, MiB: what a middling cluster's takes, with room to spare. */
export const monitorMemoryMiB = 2048;

/** Most memory of a manager, MiB; its Python modules take some 300 when idle. */
export const managerMemoryMiB = 2048;

/** Where ceph.conf and the administrator's keyring are in every container. */
export const cephConfPath = "/etc/ceph/ceph.conf";
export const adminKeyringPath = "/etc/ceph/ceph.client.admin.keyring";

/** Where a daemon's data is in its container. */
export const dataPath = (kind: DaemonKind, id: string): string => `/var/lib/ceph/${kind}/ceph-${id}`;

/** Where an OSD's data is in its container: the path has no number, which is known only when the cluster gave it. */
export const osdDataPath = "/var/lib/ceph/osd/data";

/** Folder of the admin socket in every container, in memory. */
export const socketFolder = "/run/ceph";

/** Where an OSD's device is in its container. */
export const osdDevicePath = "/dev/osd";

/** A daemon's admin socket in its container, which is alone in there. */
export const adminSocket = (kind: DaemonKind): string => `${socketFolder}/${kind}.asok`;

/** Container of a daemon. No dots: they would end in host names that don't resolve. */
export const containerName = (kind: DaemonKind, id: string): string => `ceph-${kind}-${id}`;

/**
 * Root hands over what the daemon, which drops to the user `ceph`, has to write; the log goes to the container's. The
 * folder of its socket is root's alone after a restart, whatever mode it was mounted with: runc before 1.1.8 takes that
 * of the folder below.
 */
const common = (
  kind: DaemonKind,
  id: pulumi.Input<string>,
  belongings = [socketFolder],
): pulumi.Input<string>[] => [
  "sh",
  "-c",
  `chown ceph:ceph ${belongings.join(" ")} && exec "$0" "$@"`,
  `ceph-${kind}`,
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
  adminSocket(kind),
];

/** Command line of a monitor. https://docs.ceph.com/en/latest/man/8/ceph-mon/ */
export const monitorCommand = (id: string, address: string): pulumi.Input<string>[] => [
  ...common("mon", id),
  "--public-addrv",
  monitorEndpoints(address),
  "--default-mon-cluster-log-to-file=false",
  "--default-mon-cluster-log-to-stderr=true",
];

/** Command line of a manager. https://docs.ceph.com/en/latest/mgr/administrator/ */
export const managerCommand = (id: string): pulumi.Input<string>[] => common("mgr", id);

/**
 * Command line of an OSD; its number is given by the cluster. A device in a container belongs to root, whoever owns it
 * on the host. https://docs.ceph.com/en/latest/man/8/ceph-osd/
 */
export const osdCommand = (number: pulumi.Input<string>, onDevice: boolean): pulumi.Input<string>[] => [
  ...common("osd", number, onDevice ? [socketFolder, osdDevicePath] : undefined),
  "--osd-data",
  osdDataPath,
];

/** Command line of a metadata server. https://docs.ceph.com/en/latest/man/8/ceph-mds/ */
export const metadataServerCommand = (id: string): pulumi.Input<string>[] => common("mds", id);
