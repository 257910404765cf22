import { z } from "zod";
import { managerModules } from "../../components/ceph/manager-modules";
import { isAbsolutePath, isCidr, label } from "../formats";
import { hostName, matching, singleLine } from "./fields";

/** What the program itself writes into ceph.conf. */
const ownCephOptions =
  /^(fsid|mon_host|mon_initial_members|public_network|cluster_network|auth_(cluster|service|client)_required)$/;

const cephOptions = z
  .record(
    matching(
      /^(global|mon|mgr|osd|mds|client)(\.[\w.-]+)?$/,
      "a section of ceph.conf: global, mon, mgr, osd, mds, client, or one of these with .name",
    ),
    z.record(
      matching(/^[a-z][a-z0-9_/]*$/, "an option of Ceph, in lower case with underscores").refine(
        (option) => !ownCephOptions.test(option),
        "the program sets this option itself",
      ),
      z.union(
        [z.number(), z.boolean(), matching(singleLine, "a single line")],
        "expected a number, true or false, or a single line of text",
      ),
    ),
  )
  .default({});

const cephName = matching(label, "a name of lower-case letters, digits and -");

const access = z.enum(["read", "read-write"]).default("read-write");

const keyType = z.enum(["aes", "aes256k"]);

const pool = z.strictObject({
  /** Name of the pool. */
  name: cephName,
  /** What it is for: rbd for block devices, otherwise a name of one's own. @default "rbd" */
  application: cephName.default("rbd"),
  /** Copies of each object, on different hosts. @default 3 */
  copies: z.int().min(1).max(10).default(3),
  /** Copies without which reads and writes wait; not more than `copies`. @default 2 */
  minCopies: z.int().min(1).max(10).default(2),
  /** Placement groups. @default none: Ceph's autoscaler decides */
  placementGroups: z.int().min(1).optional(),
});

const client = z.strictObject({
  /** Name, without client. in front. */
  name: cephName,
  /** File system that it works in. A client without a file system and a pool is rejected. @default none */
  filesystem: z.string().optional(),
  /** Directory of the file system that it is kept to; not with `kubernetes`. @default "/" */
  path: z
    .union([z.literal("/"), matching(isAbsolutePath, "an absolute path of letters, digits, . _ and -")])
    .default("/"),
  /** Whether it may write: read or read-write; not with `kubernetes`. @default "read-write" */
  access,
  /** Pool in which it has block devices. @default none */
  pool: z.string().optional(),
  /** Whether it is the user of ceph-csi, which makes volumes in the file system and the pool. @default false */
  kubernetes: z.boolean().default(false),
  /** Type of its key; aes256k needs Ceph 19.2.6, 20.2.4 or newer, and for kernel clients Linux 7.0. @default "aes" */
  keyType: keyType.default("aes"),
  /** Another number is another key; `npm run ceph -- rotate` raises it. @default 0 */
  rotation: z.int().min(0).default(0),
});

const mount = z.strictObject({
  /** File system. */
  filesystem: z.string(),
  /** Where it is mounted: an absolute path, of at least two parts. */
  path: matching(
    (path) => isAbsolutePath(path) && path.split("/").length > 2,
    "an absolute path such as /mnt/cephfs, of letters, digits, . _ and -",
  ),
  /** Names of the hosts, at least 1. */
  hosts: z.array(hostName).min(1),
  /** Whether the hosts may write: read or read-write. @default "read-write" */
  access,
  /** fuse: ceph-fuse in a container, on any host; kernel: the kernel's own client, where it has one. @default "fuse" */
  client: z.enum(["fuse", "kernel"]).default("fuse"),
  /** Most memory of ceph-fuse, MiB, at least 128. @default 1024 */
  memoryMiB: z.int().min(128).default(1024),
  /** Type of the mount's key, as for clients. @default "aes" */
  keyType: keyType.default("aes"),
});

export const ceph = z.strictObject({
  /** Network of monitors and clients, CIDR. A monitor on a host whose address is outside, or a DNS name, is rejected. */
  publicNetwork: matching(isCidr, "a network in CIDR notation, such as 192.0.2.0/24"),
  /** Network of the replication between OSDs, CIDR. @default none: the public network */
  clusterNetwork: matching(isCidr, "a network in CIDR notation, such as 192.0.2.0/24").optional(),
  /** Type of the keys: aes256k, or aes for a Ceph that does not know the other yet. @default "aes256k" */
  keyType: keyType.default("aes256k"),
  /** Names of the hosts with a monitor: 1, 3 or 5 of them. Unknown hosts and repetitions are rejected. */
  monitors: z.array(hostName),
  /** Names of the hosts with a manager, one of which is active: at least 1. Unknown hosts and repetitions are rejected. */
  managers: z.array(hostName),
  /**
   * OSDs, each a whole device (`device`, a path below /dev/disk/by-id) or, for a lab, a file (`file`, a name, and
   * `sizeGiB`). Unknown hosts, and a device or file that stands twice on a host, are rejected. @default []
   */
  osds: z
    .array(
      z.strictObject({
        host: hostName,
        device: matching(/^\/dev\/[\w./:+@-]+$/, "a path below /dev").optional(),
        file: matching(label, "a name of lower-case letters, digits and -").optional(),
        sizeGiB: z.int().min(1).optional(),
      }),
    )
    .default([]),
  /** Names of the hosts with a metadata server. Unknown hosts and repetitions are rejected. @default [] */
  metadataServers: z.array(hostName).default([]),
  /** Names of the CephFS file systems; each needs a metadata server. @default [] */
  filesystems: z.array(matching(label, "a name of lower-case letters, digits and -")).default([]),
  /** Most memory of an OSD, MiB, at least 1200. @default 4096 */
  osdMemoryMiB: z.int().min(1200).default(4096),
  /** Most memory of a metadata server, MiB, at least 256. @default 4096 */
  metadataServerMemoryMiB: z.int().min(256).default(4096),
  /** Modules of the manager that are on: dashboard, prometheus. @default [] */
  managerModules: z.array(z.enum(managerModules)).default([]),
  /** Pools beside those of the file systems. A name that stands twice, or is a file system's pool, is rejected. @default [] */
  pools: z.array(pool).default([]),
  /** Users of the cluster. A name that stands twice, and unknown file systems and pools, are rejected. @default [] */
  clients: z.array(client).default([]),
  /** File systems that are mounted on hosts. Unknown file systems and hosts, and a path that stands twice, are rejected. @default [] */
  mounts: z.array(mount).default([]),
  /**
   * Options that daemons take while they run (`ceph config set`), by section and option (with underscores). One that
   * takes effect at a restart only fails at `up`. @default {}
   */
  settings: cephOptions,
  /**
   * Options that daemons take when they start, in ceph.conf: a change restarts all daemons, one at a time. What the
   * program writes itself (fsid, mon_host, mon_initial_members, networks, auth_*_required), and what is in `settings`,
   * is rejected. @default {}
   */
  startupSettings: cephOptions,
});
