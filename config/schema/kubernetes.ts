import { isIP } from "node:net";
import { z } from "zod";
import { isCidr, isPlainUrl, isRegistryPath } from "../formats";
import { hostName, hostPath, keyPath, matching, port } from "./fields";

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

export const kubernetes = z.strictObject({
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
