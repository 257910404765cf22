/** What a component may have that others may not. */
export interface PrivilegeException {
  /** The component in `components/`. */
  component: string;
  type: string;
  /** Name of the container on its host, or of the object in the cluster. */
  name: RegExp;
  /** Forms of what it may have, as rules/privileges.ts calls it. */
  may: RegExp[];
  why: string;
}

const container = "docker:index/container:Container";

/**
 * Everything that reaches beyond its container. What runs on hosts without a container is not here, since no policy sees
 * it: the kubelet, containerd, keepalived and HAProxy of the control planes, ceph's kernel client. flannel is not either: a
 * control plane applies its manifest with kubectl.
 */
export const privilegeExceptions: PrivilegeException[] = [
  {
    component: "ceph",
    type: container,
    name: /^ceph-(mon|mgr|mds)-/,
    may: [/^host network$/],
    why: "clients know the daemons by the addresses of their hosts, which are in the cluster's own maps",
  },
  {
    component: "ceph",
    type: container,
    name: /^ceph-osd-/,
    may: [/^host network$/, /^device \/dev\//],
    why: "its address is in the OSD map, and its data is on a disk that is nobody else's; it may open that one device",
  },
  {
    component: "ceph",
    type: container,
    name: /^ceph-mount-/,
    may: [/^host network$/, /^capability SYS_ADMIN$/, /^without apparmor$/, /^device \/dev\/fuse$/],
    why: "it mounts a file system for its host: mounting takes SYS_ADMIN, and AppArmor's profile forbids it",
  },
  {
    component: "logging",
    type: container,
    name: /^logging-(elasticsearch|logstash|log-receiver|kibana|entry)-/,
    may: [/^host network$/],
    why: "shippers and the nodes of the store know each other by the addresses of their hosts, which the certificates name",
  },
  {
    component: "log-shipper",
    type: container,
    name: /^log-shipper-/,
    may: [/^host network$/, /^host path /],
    why: "it reads what Docker writes of all containers, and asks the engine for their names",
  },
  {
    component: "log-shipper",
    type: "kubernetes:core/v1:Namespace",
    name: /^log-shipper$/,
    may: [/^privileged pods$/],
    why: "the shippers read the pods' files on their nodes, and nothing else is in this namespace",
  },
  {
    component: "log-shipper",
    type: "kubernetes:apps/v1:DaemonSet",
    name: /^log-shipper$/,
    may: [/^host network$/, /^host path /],
    why: "they read the pods' files on their node, keep their place there, and know the store by its hosts' addresses",
  },
  {
    component: "kubernetes-storage",
    type: "kubernetes:core/v1:Namespace",
    name: /^ceph-csi$/,
    may: [/^privileged pods$/],
    why: "the drivers' pods on the nodes are privileged, and nothing else is in this namespace",
  },
  {
    component: "kubernetes-storage",
    type: "kubernetes:apps/v1:DaemonSet",
    name: /^(cephfs|rbd)-node$/,
    may: [
      /^host (network|pid)$/,
      /^privileged container driver$/,
      /^host path \/(dev|sys|run\/mount|lib\/modules|var\/lib\/kubelet\/.+)$/,
    ],
    why: "they mount volumes on their node for the pods there, in the host's network so that a mount outlives the pod",
  },
];

/** Namespaces with pods and without a policy that denies by default, and why. */
export const openNamespaces: Record<string, string> = {
  "kube-system":
    "kubeadm's own: a policy for all pods there would cut the cluster's DNS from everybody; metrics-server asks kubelets",
  "log-shipper": "its pods are in the hosts' network, where no policy reaches, and nobody asks them anything",
  "ceph-csi":
    "the pods on nodes are in the hosts' network, where no policy reaches; the others have no Service and are asked by nobody",
};
