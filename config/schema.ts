import { isIP } from "node:net";
import { z } from "zod";
import { managerModules } from "../components/ceph/manager-modules";
import { partNames } from "../components/harbor/part-names";
import { defaultVersion, versionProblem } from "../components/harbor/versions";
import { defaultDataDirectory, engineDefaults, systemDefaults } from "../components/hosts/prepare";
import { catalog, type ImageName } from "../components/images";
import {
  isAbsolutePath,
  isAddress,
  isCertificates,
  isCidr,
  isDnsName,
  isEndpoint,
  isKeyPath,
  isMaxStartups,
  isPinnedReference,
  isPlainUrl,
  isRegistryPath,
  isTimeZone,
  label,
} from "./formats";
import { parseHostKey } from "./host-key";
import { logShippers } from "./log-shipper";

// The whole configuration of a stack, its defaults included. What one field alone can be is checked here; what
// fields have to do with each other is in cross-faults.ts.

const matching = (test: RegExp | ((text: string) => boolean), expected: string) =>
  z
    .string()
    .refine((text) => (test instanceof RegExp ? test.test(text) : test(text)), `expected ${expected}`);

const singleLine = /^[^\r\n\0]*$/;

const userName = matching(/^[a-z_][a-z0-9_-]{0,31}$/, "the name of a Unix user");
const port = z.int().min(1).max(65535);
const keyPath = matching(isKeyPath, "an absolute path, or one that starts with ~/");
const hostPath = matching(
  isAbsolutePath,
  "an absolute path on the hosts, below /, of letters, digits, . _ and -",
);
const hostName = z.string();

const ssh = z.strictObject({
  /** User to log in as: root, or one that may `sudo` without a password. @default "root" */
  user: userName.default("root"),
  /** TCP port of sshd. @default 22 */
  port: port.default(22),
  /**
   * Private key, a path on the operator's machine; `~/` is the operator's home. Relative paths are rejected.
   * @default none: the ssh agent is asked
   */
  privateKeyFile: keyPath.optional(),
});

const host = z.strictObject({
  /**
   * Name of the host: an RFC 1123 label in lower case, no dots. Daemons and resources are named by it, so that a
   * new name is a new host. Two hosts of one name are rejected.
   */
  name: matching(label, "a host name of lower-case letters, digits and -, at most 63, without dots"),
  /** IPv4 or IPv6 address, or DNS name. Two hosts of one address are rejected. */
  address: matching(isAddress, "an IPv4 or IPv6 address or a DNS name"),
  /**
   * The SSH host key that the host must show: an OpenSSH public key line, ed25519, ecdsa or rsa.
   * `npm run hosts:trust` fetches, shows and writes it.
   */
  hostKey: matching(
    (line) => parseHostKey(line) !== undefined,
    'an OpenSSH public key line, "ssh-ed25519 AAAA…", without a host name in front',
  ),
  /** What differs from the stack's `ssh` on this host. @default nothing */
  ssh: z
    .strictObject({ user: userName.optional(), port: port.optional(), privateKeyFile: keyPath.optional() })
    .optional(),
});

const engine = z.strictObject({
  /** Where Docker Engine comes from: the distribution's packages, or Docker's own repository. @default "distribution" */
  source: z.enum(["distribution", "docker-ce"]).default(engineDefaults.source),
  /** Folder of images and containers on each host. @default "/var/lib/docker" */
  dataRoot: hostPath.default(engineDefaults.dataRoot),
  /** Whether a host is refused on which `dataRoot` is not a mount point of its own. @default false */
  requireMount: z.boolean().default(engineDefaults.requireMount),
  /** Mirrors of Docker Hub: http(s) URLs without user, query or fragment. @default [] */
  registryMirrors: z
    .array(matching(isPlainUrl, "an http:// or https:// URL without user, query or fragment"))
    .default([]),
  /** Registries that may be used without valid TLS: host[:port] or a network in CIDR notation. @default [] */
  insecureRegistries: z
    .array(
      matching(
        (text) => isEndpoint(text) || isCidr(text),
        "host[:port] without http://, or a network such as 192.0.2.0/24",
      ),
    )
    .default([]),
  /** Size at which a container's log file is rotated: a number with k, m or g. @default "50m" */
  logMaxSize: matching(/^[1-9]\d*[kmg]$/, "a size such as 50m, with k, m or g").default(
    engineDefaults.logMaxSize,
  ),
  /** How many log files of a container are kept, at least 1. @default 5 */
  logMaxFile: z.int().min(1).default(engineDefaults.logMaxFile),
  /** Whether containers keep running while the daemon restarts. @default true */
  liveRestore: z.boolean().default(engineDefaults.liveRestore),
});

const system = z.strictObject({
  /** Time zone of the hosts, a name of the tz database with its upper and lower case. @default "Etc/UTC" */
  timezone: matching(isTimeZone, "a time zone such as Europe/Berlin").default(systemDefaults.timezone),
  /** Whether fonts are installed, for services that draw text into images. @default false */
  fonts: z.boolean().default(systemDefaults.fonts),
  /** Kernel settings beside those that the components need, by name. @default {} */
  sysctls: z
    .record(
      matching(/^[a-z0-9_-]+([./][a-z0-9_-]+)+$/i, "the name of a kernel setting, such as vm.swappiness"),
      z.union(
        [z.int(), matching(singleLine, "a single line")],
        "expected a whole number or a single line of text",
      ),
    )
    .default({}),
  /** Whether auditd watches the engine's files and programs. @default true */
  audit: z.boolean().default(systemDefaults.audit),
  /** Whether a host is refused on which no time service runs. @default true */
  checkClock: z.boolean().default(systemDefaults.checkClock),
  /** sshd's MaxStartups: connections that have not logged in yet, a number or start:rate:full. @default "100:30:200" */
  sshMaxStartups: matching(
    isMaxStartups,
    "a number, or start:rate:full with a rate of 1 to 100 percent and full not below start",
  ).default(systemDefaults.sshMaxStartups),
  /** sshd's MaxSessions: sessions in one connection, at least 1. @default 100 */
  sshMaxSessions: z.int().min(1).default(systemDefaults.sshMaxSessions),
});

const imageNames = Object.keys(catalog);
const reference = matching(
  isPinnedReference,
  "an image reference with a tag other than latest, or with a sha256 digest",
).optional();

const images = z.strictObject({
  /**
   * Registry that has all images: host[:port][/path], put in front of every image name. No http://, no slash at the end.
   * @default none: each image comes from its own registry
   */
  mirror: matching(
    isRegistryPath,
    "host[:port][/path] without http:// and without a slash at the end",
  ).optional(),
  /**
   * Other references, by the image's name in components/images.ts. Rejected without a tag or digest, and with the tag
   * `latest`. @default {}
   */
  overrides: z
    .strictObject(
      Object.fromEntries(imageNames.map((name) => [name, reference])) as Record<ImageName, typeof reference>,
    )
    .prefault({}),
  /**
   * Digests of references that have a tag only, without the mirror in front: hosts and pods get what they name, whatever
   * becomes of the tag. `npm run images:pin` writes them. @default {}
   */
  digests: z
    .record(
      matching(
        (text) => isPinnedReference(text) && !text.includes("@"),
        "an image reference with a tag other than latest, and no digest",
      ),
      matching(/^sha256:[0-9a-f]{64}$/, "a digest: sha256: and 64 hexadecimal digits in lower case"),
    )
    .default({}),
  /** How the mirror is reached. @default with a certificate that everybody trusts, and without a login */
  registry: z
    .strictObject({
      /** Certificate authority of the mirror: PEM, or the path of a file of it. @default those that the machines trust */
      ca: matching(
        (text) => isCertificates(text) || isKeyPath(text),
        "certificates as PEM, or a path that is absolute or starts with ~/",
      ).optional(),
      /** Who pulls. @default anybody may */
      username: matching(
        /^[^\s:"\\]{1,255}$/,
        "a name without spaces, colons, quotes and backslashes",
      ).optional(),
      /** File on the operator's machine with the password, a line. Needed with `username`. */
      passwordFile: keyPath.optional(),
    })
    .optional(),
});

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

const ceph = z.strictObject({
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

/** Fields of KubeletConfiguration that the program or kubeadm sets, or that differ between hosts. */
const ownKubeletFields =
  /^(apiVersion|kind|cgroupDriver|clusterDNS|clusterDomain|containerRuntimeEndpoint|failCgroupV1|resolvConf|rotateCertificates|staticPodPath)$/;

const tag = matching(/^[\w][\w.-]{0,127}$/, "a tag of an image");
const ipv4Network = matching(
  (text) => isCidr(text) && isIP(text.split("/")[0] ?? "") === 4,
  "an IPv4 network in CIDR notation, such as 10.244.0.0/16",
);

const storage = z.strictObject({
  /**
   * csi: ceph-csi makes volumes when they are claimed; the nodes' kernels need a client of Ceph. host-mount: volumes are
   * directories of a file system that is mounted on all nodes.
   */
  kind: z.enum(["csi", "host-mount"]),
  /** For host-mount: path of one of ceph.mounts. One that can't be written, or is not on all nodes, is rejected. */
  mount: z.string().optional(),
  /** For csi: file system with the volumes of the class `cephfs`. */
  filesystem: z.string().optional(),
  /** For csi: pool with the volumes of the class `rbd`. @default none, and no such class */
  pool: z.string().optional(),
  /** For csi: one of ceph.clients, with `kubernetes: true`, for the same file system and pool. @default "kubernetes" */
  client: z.string().optional(),
  /** For csi: class of claims that name none, cephfs or rbd. @default none */
  default: z.enum(["cephfs", "rbd"]).optional(),
});

const kubernetes = z.strictObject({
  /**
   * Kubeconfig of a cluster that is there already, a path on the operator's machine; `~/` is the operator's home.
   * Every other setting but `storage` is rejected beside it. @default none: the program makes a cluster
   */
  kubeconfigFile: keyPath.optional(),
  /** Version, such as 1.34.1; at least 1.31. Another one is an upgrade, node by node. Needed without `kubeconfigFile`. */
  version: matching(
    (text) => /^1\.\d{1,3}\.\d{1,3}$/.test(text) && Number(text.split(".")[1]) >= 31,
    "a version such as 1.34.1, at least 1.31.0",
  ).optional(),
  /** Names of the hosts of the control plane: 1, 3 or 5. Unknown hosts and repetitions are rejected. Needed without `kubeconfigFile`. */
  controlPlane: z.array(hostName).default([]),
  /** Names of the hosts for pods alone; without any the control plane takes pods. Hosts of the control plane are rejected. @default [] */
  workers: z.array(hostName).default([]),
  /** Addresses of pods, an IPv4 network. Can't be changed later. @default "10.244.0.0/16" */
  podNetwork: ipv4Network.default("10.244.0.0/16"),
  /** Addresses of services, an IPv4 network. Can't be changed later. @default "10.96.0.0/12" */
  serviceNetwork: ipv4Network.default("10.96.0.0/12"),
  /**
   * A free address of the hosts' network, which moves between the control planes, and the port of the balancers behind
   * it. Can't be changed later. @default none: the first control plane's address
   */
  endpoint: z
    .strictObject({
      /** IPv4 address; one of a host's is rejected. */
      address: matching((text) => isIP(text) === 4, "an IPv4 address"),
      /** TCP port, another than 6443. @default 8443 */
      port: port.refine((value) => value !== 6443, "6443 is the API servers' own port").default(8443),
    })
    .optional(),
  /** Where the nodes' programs come from. @default Kubernetes' package repositories */
  source: z
    .strictObject({
      /** Kubernetes' package repositories or a mirror: the part of the URL before `/v1.34/deb`. */
      packages: matching(isPlainUrl, "an http:// or https:// URL without user, query or fragment").optional(),
      /** A .tar.gz to unpack in `/`, with kubelet, kubeadm and kubectl in usr/local/bin. */
      binaries: z
        .strictObject({
          url: matching(isPlainUrl, "an http:// or https:// URL without user, query or fragment"),
          sha256: matching(/^[0-9a-f]{64}$/, "64 hexadecimal digits in lower case"),
        })
        .optional(),
    })
    .optional(),
  /** Where kubeadm finds its images. @default registry.k8s.io, below images.mirror when there is one */
  imageRepository: matching(isRegistryPath, "host[:port][/path] without http://").optional(),
  /** Tags that stand for those that kubeadm would ask for. @default {} */
  imageTags: z.strictObject({ etcd: tag.optional(), coredns: tag.optional() }).prefault({}),
  /** Checks of kubeadm that may fail, by their names. @default [] */
  ignorePreflightErrors: z.array(matching(/^[\w-]+$/, "the name of a check of kubeadm")).default([]),
  /** Fields of KubeletConfiguration for all nodes. Those that the program sets itself are rejected. @default {} */
  kubelet: z
    .record(
      matching(/^[a-z]\w*$/i, "a field of KubeletConfiguration").refine(
        (field) => !ownKubeletFields.test(field),
        "the program sets this field itself",
      ),
      z.json(),
    )
    .default({}),
  /** Snapshots of etcd on each control plane. @default none */
  snapshots: z
    .strictObject({
      /** Directory on the control planes, best on a mount that other machines have too. */
      directory: hostPath,
      /** Time between two, with s, min, h or d. @default "6h" */
      every: matching(/^[1-9]\d*(s|min|h|d)$/, "a time such as 6h, with s, min, h or d").default("6h"),
      /** How many each control plane keeps, at least 1. @default 28 */
      keep: z.int().min(1).default(28),
    })
    .optional(),
  /** Volumes for pods, in Ceph. @default none */
  storage: storage.optional(),
  /** metrics-server: the load of pods and nodes, for what scales with it and for `kubectl top`. @default none */
  metrics: z
    .strictObject({
      /** Whether the kubelets' certificates are not checked; kubeadm's sign their own. @default false */
      kubeletInsecureTls: z.boolean().default(false),
    })
    .optional(),
});

/** Room is left for what the program puts behind it. */
const ownName = matching(
  (text) => label.test(text) && text.length <= 40,
  "a name of lower-case letters, digits and -, at most 40",
);

const namespace = z.strictObject({
  /** Name of the namespace; another one is another namespace. Those of Kubernetes itself, and repetitions, are rejected. */
  name: ownName.refine((text) => !/^(default$|kube-)/.test(text), "this namespace is Kubernetes' own"),
  /** What runs in it, a label of all objects: TEST or PRODUCTION. */
  environment: z.enum(["TEST", "PRODUCTION"]),
  /** The most that all pods and claims may have together. */
  quota: z
    .strictObject({
      /** CPU that pods ask for, cores. @default 8 */
      cpu: z.int().min(1).default(8),
      /** Memory of pods, GiB. @default 16 */
      memoryGiB: z.int().min(1).default(16),
      /** Pods. @default 50 */
      pods: z.int().min(1).default(50),
      /** Storage of claims, GiB. @default 200 */
      storageGiB: z.int().min(0).default(200),
      /** Claims. @default 20 */
      claims: z.int().min(0).default(20),
    })
    .prefault({}),
  /** What a container gets that says nothing about itself. */
  containers: z
    .strictObject({
      /** CPU that it asks for, thousandths of a core. @default 100 */
      cpuMilli: z.int().min(1).default(100),
      /** Memory that it asks for and may not pass, MiB. @default 256 */
      memoryMiB: z.int().min(4).default(256),
    })
    .prefault({}),
});

const database = z.strictObject({
  /** Name, of at most 40 characters; another one is another database. Repetitions are rejected. */
  name: ownName,
  /** One of `namespaces`. */
  namespace: z.string(),
  /** Server program: mongodb, or ferretdb for labs. @default "mongodb" */
  engine: z.enum(["mongodb", "ferretdb"]).default("mongodb"),
  /** Servers, 1 or 3; ferretdb has 1. From 3 to 1 there is no way back by this setting. */
  members: z.literal([1, 3]),
  /** Database that clients may read and write. @default "app" */
  database: matching(
    /^(?!admin$|local$|config$)[\w-]{1,38}$/,
    "the name of a database, not one of MongoDB's own",
  ).default("app"),
  /** Size of each member's volume, GiB. Of volumes that are there nothing changes. */
  sizeGiB: z.int().min(1),
  /** Memory of each member, MiB. @default 2048 */
  memoryMiB: z.int().min(256).default(2048),
  /** CPU that each member asks for, thousandths of a core. @default 250 */
  cpuMilli: z.int().min(1).default(250),
  /** Another number makes new users with new passwords; `npm run mongodb -- rotate` raises it. Never lower it. @default 0 */
  rotation: z.int().min(0).default(0),
  /** Users of generations up to this one end; less than `rotation`. @default all before the previous one */
  retired: z.int().min(0).optional(),
  /** Regular dumps. @default none */
  backup: z
    .strictObject({
      /** When, five fields as cron has them, in UTC. @default "0 2 * * *" */
      schedule: matching(
        /^[\d*,/-]+( [\d*,/A-Za-z-]+){4}$/,
        "five fields of cron, such as 0 2 * * *",
      ).default("0 2 * * *"),
      /** How many are kept, at least 1. @default 14 */
      keep: z.int().min(1).default(14),
      /** Size of the volume that they are on, GiB. */
      sizeGiB: z.int().min(1),
    })
    .optional(),
});

/** Labels of Kubernetes. */
const labels = z.record(
  matching(
    /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/,
    "the name of a label",
  ),
  matching(/^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/, "the value of a label"),
);
const namespaceName = matching(label, "the name of a namespace: lower-case letters, digits and -");
const objectName = matching(
  (text) => text.length <= 253 && text.split(".").every((part) => label.test(part)),
  "the name of an object of Kubernetes: lower-case letters, digits, - and .",
);
const dataKey = matching(/^[-._A-Za-z0-9]{1,253}$/, "a key of letters, digits, -, _ and .");
const variable = matching(/^[A-Za-z_]\w*$/, "a variable of letters, digits and _, that begins with no digit");
const duration = matching(/^[1-9]\d*(ms|s|m|h)$/, "a time such as 400ms, with ms, s, m or h");
const urlPath = matching(/^\/[\w.~%/-]*$/, "a path that begins with /");
const version = matching(/^[\w.:-]{1,64}$/, "letters, digits, . _ : and -").optional();

/** Pods of the cluster. */
const source = {
  /** Their namespace. @default the app's own */
  namespace: namespaceName.optional(),
  /** Their labels. @default all pods of the namespace */
  labels: labels.optional(),
};

const scaling = z.strictObject({
  /** CPU load per pod that is aimed at, percent of what it asks for. @default 60 */
  safeLine: z.int().min(1).max(1000).default(60),
  /** The load from which one sample has to be enough to come back to the safe line; above it. @default 90 */
  fatalLine: z.int().min(2).max(10_000).default(90),
  /** What may be added from one sample to the next, in any case: `pods` or `percent`. @default 2 pods */
  outBy: z
    .strictObject({ pods: z.int().min(1).optional(), percent: z.int().min(1).optional() })
    .prefault({ pods: 2 }),
  /** Samples in a row, 15 s apart, that have to agree before pods are taken away: 1 to 240. @default 20 */
  samplesBeforeScaleIn: z.int().min(1).max(240).default(20),
  /** Fewest pods, at least 1. @default 2 */
  min: z.int().min(1).default(2),
  /** Most pods, not less than `min`. */
  max: z.int().min(1),
});

const entry = z.strictObject({
  /** An HTTPRoute from a gateway that is there, of whichever controller. */
  route: z
    .strictObject({
      gateway: z.strictObject({
        name: objectName,
        namespace: namespaceName,
        /** Name of its listener. @default all */
        listener: objectName.optional(),
      }),
      /** DNS names by which it is asked for; *. may be in front. @default any */
      hosts: z
        .array(matching((text) => isDnsName(text.replace(/^\*\./, "")), "a DNS name"))
        .min(1)
        .optional(),
      /** Beginning of the paths that are the app's. @default "/" */
      path: urlPath.default("/"),
      /** Where the gateway's proxies run. @default all pods of the gateway's namespace */
      from: z.strictObject(source).optional(),
    })
    .optional(),
  ingress: z
    .strictObject({
      /** IngressClass of the controller. */
      className: objectName,
      /** DNS name by which it is asked for. */
      host: matching(isDnsName, "a DNS name"),
      path: urlPath.default("/"),
      /** Secret with the host's certificate. @default none: no TLS */
      tlsSecret: objectName.optional(),
      /** Where the controller runs. */
      from: z.strictObject({ ...source, namespace: namespaceName }),
    })
    .optional(),
  /** A port of every node. */
  nodePort: z
    .strictObject({
      /** 30000 to 32767; one that stands twice is rejected. */
      port: z.int().min(30_000).max(32_767),
    })
    .optional(),
});

const mesh = z.strictObject({
  /** Requests that are sent again. @default none */
  retries: z
    .strictObject({
      /** Answers that count as failed: codes, ranges such as 502-504, 5xx, gateway-error. @default "5xx" */
      on: matching(
        /^(\d{3}(-\d{3})?|[1-5]xx|gateway-error)(,(\d{3}(-\d{3})?|[1-5]xx|gateway-error))*$/,
        "answers such as 5xx or 502-504, with commas",
      ).default("5xx"),
      /** How often a request is sent again at most. @default 1 */
      limit: z.int().min(1).default(1),
      /** Time for each attempt. @default none */
      timeout: duration.optional(),
    })
    .optional(),
  /** Times after which a request fails: as a whole, for the answer, without anything sent. @default none */
  timeouts: z
    .strictObject({ request: duration.optional(), response: duration.optional(), idle: duration.optional() })
    .optional(),
  /** Pods that fail are left out for a while. @default never */
  circuitBreaker: z
    .strictObject({
      /** Failures in a row. @default 7 */
      failures: z.int().min(1).default(7),
      /** Shortest and longest time that a pod is left out. @default "1s", "1m" */
      minPenalty: duration.default("1s"),
      maxPenalty: duration.default("1m"),
    })
    .optional(),
});

const applicationImage = matching(
  (text) => imageNames.includes(text) || isPinnedReference(text),
  "an image reference with a tag other than latest or with a sha256 digest, or the name of one of the stack's images",
);

const webApp = z.strictObject({
  /** Name of the app and its objects: a label that begins with a letter, at most 50 characters. A name that stands twice is rejected. */
  name: matching(
    /^[a-z]([a-z0-9-]{0,48}[a-z0-9])?$/,
    "a name of lower-case letters, digits and -, at most 50, that begins with a letter",
  ),
  /** One of `namespaces`. */
  namespace: z.string(),
  /** Its image: a reference with a tag other than latest or a digest, or the name of one in components/images.ts. */
  image: applicationImage,
  /** TCP port that it listens on, from 1024: it is not root. */
  port: z.int().min(1024).max(65_535),
  /** A database of the stack, in the same namespace. @default none */
  database: z
    .strictObject({
      /** Its name. */
      name: z.string().min(1),
      /** Names of the variables that the app gets. @default DB_URL, USER_NAME, USER_PWD */
      variables: z
        .strictObject({
          url: variable.default("DB_URL"),
          user: variable.default("USER_NAME"),
          password: variable.default("USER_PWD"),
        })
        .prefault({}),
    })
    .optional(),
  /** Variables and their values; nothing secret. @default {} */
  values: z.record(variable, z.string()).default({}),
  /** Variables from ConfigMaps that are there. @default {} */
  config: z.record(variable, z.strictObject({ configMap: objectName, key: dataKey, version })).default({}),
  /** Variables from Secrets that are there. @default {} */
  secrets: z.record(variable, z.strictObject({ secret: objectName, key: dataKey, version })).default({}),
  /** Number of pods; rejected beside `scaling`. @default 2 */
  replicas: z.int().min(1).optional(),
  /** Lets the number of pods follow their load; needs metrics-server. @default none */
  scaling: scaling.optional(),
  /** How it is asked whether it is well. */
  probes: z
    .strictObject({
      /** Path that answers 200 when it can serve. @default "/" */
      ready: urlPath.default("/"),
      /** Path that answers 200 while it lives. @default none: its port has to take connections */
      alive: urlPath.optional(),
      /** Seconds that its start may take. @default 60 */
      startWithin: z.int().min(2).max(3600).default(60),
    })
    .prefault({}),
  /** What is kept for each pod. */
  resources: z
    .strictObject({
      /** CPU: cores, or thousandths with m. @default "100m" */
      cpu: matching(/^[1-9]\d*m?$/, "a number of cores, or of thousandths such as 250m").default("100m"),
      /** Memory, also the most that it gets. @default "256Mi" */
      memory: matching(/^[1-9]\d*[MG]i$/, "a size such as 256Mi, with Mi or Gi").default("256Mi"),
    })
    .prefault({}),
  /** User and group that it runs as, not 0. @default 1000 */
  user: z.int().min(1).max(2_147_483_647).default(1000),
  /** Size of /tmp, the one place where it can write. @default "64Mi" */
  temporarySpace: matching(/^[1-9]\d*[MG]i$/, "a size such as 64Mi, with Mi or Gi").default("64Mi"),
  /** How it is reached from outside of the cluster: one of route, ingress, nodePort. @default not at all */
  entry: entry.optional(),
  /** Pods that may ask it, beside those of the entry. @default [] */
  askedBy: z.array(z.strictObject(source)).default([]),
  /** Pods that it may ask, beside those of the database. @default [] */
  asks: z.array(z.strictObject({ ...source, port })).default([]),
  /** Its pods and their requests in the mesh of Linkerd. @default not in a mesh */
  mesh: mesh.optional(),
  /** A second version, which gets a `weight` of the requests or those with a `header`; needs entry.route or mesh. @default none */
  canary: z
    .strictObject({
      image: applicationImage,
      /** Percent of the requests, 0 to 100. */
      weight: z.int().min(0).max(100).optional(),
      header: z
        .strictObject({
          name: matching(/^[\w!#$%&'*+.^`|~-]+$/, "the name of a header"),
          value: matching(/^[^\r\n\0]+$/, "a single line"),
        })
        .optional(),
      /** Number of its pods. @default 1 */
      replicas: z.int().min(1).default(1),
    })
    .optional(),
});

/** How often a password was made anew. */
const generation = z.int().min(0).max(99).default(0);

const logging = z.strictObject({
  /** Names of the hosts of the log store: 1, or 3 that are one cluster. Unknown hosts and repetitions are rejected. @default [], and no log store */
  hosts: z.array(hostName).default([]),
  /** Heap of Elasticsearch on each host, MiB, 256 to 31744; at most three quarters of `memoryMiB`. @default half of it */
  heapMiB: z.int().min(256).max(31_744).optional(),
  /** Most memory of Elasticsearch on each host, MiB, at least 768. @default 4096 */
  memoryMiB: z.int().min(768).default(4096),
  /** Whether its memory is kept from being swapped out. @default true */
  lockMemory: z.boolean().default(true),
  /** Most files that Elasticsearch has open, at least 1024; three nodes refuse to start with fewer than the default. @default 65535 */
  openFiles: z.int().min(1024).default(65_535),
  /** How long events stay: until either is passed. */
  retention: z
    .strictObject({
      /** Days, at least 1. @default 14 */
      days: z.int().min(1).default(14),
      /** Size of all events together, GiB, copies included; at least 1. @default 50 */
      maxGiB: z.int().min(1).default(50),
    })
    .prefault({}),
  /** Copies of the events, once a day. @default none */
  repository: z
    .strictObject({
      /** Directory on the hosts; of three hosts, below one of ceph.mounts that all of them may write. */
      path: hostPath,
      /** Time of day, UTC. @default "01:30" */
      at: matching(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day such as 01:30").default("01:30"),
      /** How many are kept, at least 1. @default 14 */
      keep: z.int().min(1).default(14),
    })
    .optional(),
  /** What takes events for the store. */
  receiver: z
    .strictObject({
      /** logstash, or standin for labs. @default "logstash" */
      kind: z.enum(["logstash", "standin"]).default("logstash"),
      /** Most memory on each host, MiB, at least 64; half of it is Logstash's heap. @default 1024 */
      memoryMiB: z.int().min(64).default(1024),
      /** What it keeps on its disk while the store is away, MiB, at least 64. @default 1024 */
      queueMiB: z.int().min(64).default(1024),
    })
    .prefault({}),
  /** Kibana on each of the hosts. @default none */
  kibana: z
    .strictObject({
      /** Most memory, MiB, at least 1024. @default 2048 */
      memoryMiB: z.int().min(1024).default(2048),
    })
    .optional(),
  /** nginx, the way in for people. Needed with `hosts`. */
  entry: z
    .strictObject({
      /** TCP port on the hosts; one of the store's own is rejected. @default 443 */
      port: port.default(443),
      /** Networks that may come in, CIDR, at least 1. */
      allow: z.array(matching(isCidr, "a network in CIDR notation, such as 192.0.2.0/24")).min(1),
      /** URL by which browsers reach it, without a path. @default https:// and the first host's address */
      publicUrl: matching(/^https:\/\/[A-Za-z0-9.:[\]-]+$/, "an https:// URL without a path").optional(),
      /** What stands behind it: kibana, or elasticsearch to be read only. @default "kibana" where there is one */
      to: z.enum(["kibana", "elasticsearch"]).optional(),
    })
    .optional(),
  /** Who sends lines to it. */
  shippers: logShippers.prefault({}),
  /** File on the operator's machine with a URL that is told when a disk is nearly full. @default none */
  webhookFile: keyPath.optional(),
  /** Another number is another password of that user; `npm run logging -- rotate` raises it. Never lower one. @default 0 for each */
  rotation: z
    .strictObject({
      elastic: generation,
      kibana_system: generation,
      writer: generation,
      reader: generation,
      keeper: generation,
    })
    .prefault({}),
});

/** Names in Harbor. */
const harborName = matching(
  (text) => /^[a-z0-9]+([._-][a-z0-9]+)*$/.test(text) && text.length <= 100,
  "a name of lower-case letters, digits and single . _ or - between them",
);
/** Patterns of repositories and tags. */
const pattern = matching(/^[\w.*?{},/[\]-]{1,128}$/, "a pattern such as ** or v*");
const harborCron = matching(
  /^[\d*,/-]+( [\d*,/?A-Za-z-]+){5}$/,
  "six fields of cron with seconds in front, such as 0 0 3 * * *",
);
const httpUrl = matching(isPlainUrl, "an http:// or https:// URL without user, query or fragment");

const harbor = z.strictObject({
  /** Name of the host that it runs on. Needed when anything else is set. @default none: there is no Harbor */
  host: hostName.optional(),
  /** DNS name by which clients ask for it; needed with `host`. An IP address and localhost are rejected. */
  hostname: matching(
    (text) => isDnsName(text) && text.includes("."),
    "a DNS name with a dot, such as registry.example.com",
  ).optional(),
  /** Version: 2.14.x or 2.15.4. Another one is an upgrade, which asks for a backup first. @default "2.15.4" */
  version: z
    .string()
    .superRefine((version, context) => {
      const message = versionProblem(version);
      if (message) context.addIssue({ code: "custom", message });
    })
    .default(defaultVersion),
  /** Ports of the host. */
  ports: z
    .strictObject({
      /** @default 443 */
      https: port.default(443),
      /** Sends to the other one. @default none */
      http: port.optional(),
      /** Numbers for Prometheus, without TLS. @default none */
      metrics: port.optional(),
    })
    .prefault({}),
  /** Certificate of the entry, files on the operator's machine. @default one of an authority that is made for it */
  tls: z
    .strictObject({
      /** PEM, with those between it and the root. */
      certificateFile: keyPath,
      keyFile: keyPath,
      /** PEM of who signed it. @default none: all clients know them */
      caFile: keyPath.optional(),
    })
    .optional(),
  /** Where layers are kept. @default the directory harbor/registry in dataDirectory */
  storage: z
    .strictObject({
      /** Directory on the host; rejected beside `s3`. */
      directory: hostPath.optional(),
      s3: z
        .strictObject({
          bucket: matching(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "the name of a bucket"),
          /** @default "us-east-1" */
          region: matching(/^[\w-]+$/, "the name of a region").default("us-east-1"),
          /** URL of a store that is not Amazon's. @default Amazon's */
          endpoint: httpUrl.optional(),
          /** Beginning of the names of objects. @default none */
          prefix: matching(/^[\w.-]+(\/[\w.-]+)*$/, "a path without a slash at either end").optional(),
          accessKey: matching(/^\S{3,128}$/, "an access key"),
          /** File on the operator's machine with the secret key. */
          secretKeyFile: keyPath,
        })
        .optional(),
    })
    .optional(),
  /** PostgreSQL that is there already, with an empty database. @default Harbor's own */
  database: z
    .strictObject({
      host: matching(isAddress, "an address or a DNS name"),
      /** @default 5432 */
      port: port.default(5432),
      name: matching(/^[\w-]+$/, "the name of a database"),
      user: matching(/^[\w.-]+$/, "the name of a user"),
      /** File on the operator's machine. */
      passwordFile: keyPath,
      /** disable, require, verify-ca or verify-full. @default "require" */
      sslMode: z.enum(["disable", "require", "verify-ca", "verify-full"]).default("require"),
    })
    .optional(),
  /** Redis or Valkey that is there already. @default Harbor's own */
  cache: z
    .strictObject({
      /** host:port */
      address: matching((text) => isEndpoint(text) && /:\d+$/.test(text), "host:port"),
      /** @default none */
      user: matching(/^[\w.-]+$/, "the name of a user").optional(),
      /** File on the operator's machine. @default none */
      passwordFile: keyPath.optional(),
      /** @default false */
      tls: z.boolean().default(false),
    })
    .optional(),
  /** Scans images with Trivy; needs a way to where its databases come from, or copies of them. @default none */
  scanner: z
    .strictObject({
      /** OCI reference of the database of vulnerabilities, without a tag. @default Trivy's own */
      databaseRepository: matching(isRegistryPath, "host[:port]/path without a tag").optional(),
      javaDatabaseRepository: matching(isRegistryPath, "host[:port]/path without a tag").optional(),
      /** Whether it uses the database that it has, and fetches none. @default false */
      skipUpdate: z.boolean().default(false),
      /** Whether scans ask nothing of anybody outside. @default false */
      offline: z.boolean().default(false),
      /** Whether vulnerabilities without a fix are left out. @default false */
      ignoreUnfixed: z.boolean().default(false),
    })
    .optional(),
  /** Jobs at a time, 1 to 100. @default 10 */
  jobWorkers: z.int().min(1).max(100).default(10),
  /** Most memory, MiB, by part. @default see docs/harbor.md */
  memoryMiB: z
    .strictObject(
      Object.fromEntries(partNames.map((part) => [part, z.int().min(64).optional()])) as Record<
        (typeof partNames)[number],
        z.ZodOptional<z.ZodInt>
      >,
    )
    .prefault({}),
  /** PEM files on the operator's machine, of authorities that Harbor trusts as well. @default [] */
  trustedCaFiles: z.array(keyPath).default([]),
  /** Another number is another password of admin, and of all by which its parts know each other. @default 0 */
  rotation: z.int().min(0).default(0),
  /** Other registries. A name that stands twice is rejected. @default [] */
  registries: z
    .array(
      z.strictObject({
        name: harborName,
        /** What it is; quay.io is a docker-registry. */
        type: z.enum([
          ...(["docker-hub", "docker-registry", "github-ghcr", "harbor", "azure-acr", "ali-acr"] as const),
          ...(["aws-ecr", "google-gcr", "jfrog-artifactory"] as const),
        ]),
        url: httpUrl,
        /** @default none */
        user: matching(singleLine, "a single line").optional(),
        /** File on the operator's machine; rejected without `user`. @default none */
        passwordFile: keyPath.optional(),
        /** Whether its certificate is not looked at. @default false */
        insecure: z.boolean().default(false),
      }),
    )
    .default([]),
  /** Projects. A name that stands twice is rejected. @default [] */
  projects: z
    .array(
      z.strictObject({
        name: harborName,
        /** Whether anybody may pull. @default false */
        public: z.boolean().default(false),
        /** Most that it may have, GiB. @default no limit */
        quotaGiB: z.int().min(1).optional(),
        /** Whether images are scanned when they are pushed; needs `scanner`. @default false */
        scan: z.boolean().default(false),
        /** Severity from which on a vulnerability keeps an image from being pulled; needs `scanner`. @default "none" */
        blockFrom: z.enum(["none", "low", "medium", "high", "critical"]).default("none"),
        /** One of `registries`, of which it is a cache. @default none */
        cacheOf: z.string().optional(),
        /** Which tags stay when the others are cleared away. @default all */
        retention: z
          .strictObject({
            /** @default "0 0 1 * * *" */
            schedule: harborCron.default("0 0 1 * * *"),
            /** A tag stays that one of them names; either `latest` or `days`. */
            rules: z
              .array(
                z.strictObject({
                  /** @default "**" */
                  repositories: pattern.default("**"),
                  /** @default "**" */
                  tags: pattern.default("**"),
                  /** The newest so many. */
                  latest: z.int().min(1).optional(),
                  /** Those that were pushed in so many days. */
                  days: z.int().min(1).optional(),
                }),
              )
              .min(1),
          })
          .optional(),
        /** Tags that can't be overwritten or deleted. @default [] */
        immutableTags: z.array(pattern).default([]),
      }),
    )
    .default([]),
  /** Accounts for programs. A name that stands twice is rejected. @default [] */
  robots: z
    .array(
      z.strictObject({
        name: harborName,
        /** Names of `projects`, or * for all; at least 1. */
        projects: z.array(z.string()).min(1),
        /** pull, or push, which may pull too. @default "pull" */
        access: z.enum(["pull", "push"]).default("pull"),
        /** Days until it ends; -1: never. @default -1 */
        days: z
          .int()
          .refine((days) => days === -1 || days > 0, "expected a number of days, or -1")
          .default(-1),
        /** Another number is another secret; `npm run harbor -- rotate NAME` raises it. @default 0 */
        rotation: z.int().min(0).default(0),
      }),
    )
    .default([]),
  /** Images that are copied from or to another registry. A name that stands twice is rejected. @default [] */
  replications: z
    .array(
      z.strictObject({
        name: harborName,
        /** pull: from the other registry; push: to it. */
        direction: z.enum(["pull", "push"]),
        /** One of `registries`. */
        registry: z.string(),
        /** @default "**" */
        repositories: pattern.default("**"),
        /** @default "**" */
        tags: pattern.default("**"),
        /** Project in which they end. @default where they were */
        into: harborName.optional(),
        /** When; `event`, for push alone: when images change. @default by hand */
        schedule: z.union([z.literal("event"), harborCron]).optional(),
        /** Whether tags that are there are overwritten. @default true */
        override: z.boolean().default(true),
      }),
    )
    .default([]),
  /** When layers that nothing needs are deleted. @default never */
  garbageCollection: z
    .strictObject({
      /** @default "0 0 3 * * 0" */
      schedule: harborCron.default("0 0 3 * * 0"),
      /** Whether images without a tag go too. @default false */
      untagged: z.boolean().default(false),
    })
    .optional(),
  /** When all images are scanned; needs `scanner`. @default never */
  scanAll: z.strictObject({ schedule: harborCron }).optional(),
});

/** Schema of a stack's configuration. Use `validate`, which words the faults and checks the fields against each other. */
export const stackSchema = z.strictObject({
  /** The machines, in any order; at least 1. */
  hosts: z.array(host).min(1),
  /** How the hosts are reached. */
  ssh: ssh.prefault({}),
  /** Docker Engine on the hosts. */
  engine: engine.prefault({}),
  /** The hosts' operating system. */
  system: system.prefault({}),
  /** Where container images come from. */
  images: images.prefault({}),
  /** The storage cluster. */
  ceph,
  /** The cluster for applications. @default none: no host is in its controlPlane */
  kubernetes: kubernetes.prefault({}),
  /** Namespaces of applications; they need a cluster. @default [] */
  namespaces: z.array(namespace).default([]),
  /** Databases that speak MongoDB's protocol, each in one of the namespaces. @default [] */
  databases: z.array(database).default([]),
  /** Apps that answer HTTP, each in one of the namespaces. @default [] */
  webApps: z.array(webApp).default([]),
  /** The log store. @default none: no host is in its hosts */
  logging: logging.prefault({}),
  /** Harbor, a registry of one's own. @default none: it has no host */
  harbor: harbor.prefault({}),
  /** Folder on each host for the data of all components. @default "/var/lib/farmstack" */
  dataDirectory: hostPath.default(defaultDataDirectory),
  /**
   * Whether the cluster's identity and keys are protected from deletion, and monitors and OSDs are stopped only when
   * the cluster can do without them. @default true
   */
  protectData: z.boolean().default(true),
});

/** The configuration of a stack, complete and valid. */
export type StackSettings = z.infer<typeof stackSchema>;
export type HostSettings = StackSettings["hosts"][number];
export type SshSettings = StackSettings["ssh"];
export type EngineSettings = StackSettings["engine"];
export type SystemSettings = StackSettings["system"];
export type ImageSettings = StackSettings["images"];
export type CephSettings = StackSettings["ceph"];
export type KubernetesSettings = StackSettings["kubernetes"];
export type DatabaseSettings = StackSettings["databases"][number];
export type WebAppSettings = StackSettings["webApps"][number];
export type LoggingSettings = StackSettings["logging"];
export type HarborSettings = StackSettings["harbor"];
