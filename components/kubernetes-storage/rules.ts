import { type types } from "@pulumi/kubernetes";
import { type DriverKind, secretName } from "./drivers";

type Rule = types.input.rbac.v1.PolicyRule;

/** Resources of one API group that may be used in the same way; those of `""` are the core's. */
const may = (apiGroup: string, resources: string[], verbs: string[]): Rule => ({
  apiGroups: [apiGroup],
  resources,
  verbs,
});
const read = ["get", "list", "watch"];

/**
 * What the provisioner's pods may do in the whole cluster: follow claims, and make their volumes. Upstream lets them
 * read every Secret as well, for encrypted volumes; there are none here.
 * https://github.com/kubernetes-csi/external-provisioner/blob/master/deploy/kubernetes/rbac.yaml
 */
export function provisionerClusterRules(kind: DriverKind): Rule[] {
  return [
    may("", ["persistentvolumes"], [...read, "create", "update", "patch", "delete"]),
    may("", ["persistentvolumeclaims"], [...read, "update"]),
    may("", ["persistentvolumeclaims/status"], ["update", "patch"]),
    may("", ["events"], ["list", "watch", "create", "update", "patch"]),
    may("", ["nodes"], read),
    may("storage.k8s.io", ["storageclasses", "csinodes", "volumeattributesclasses"], read),
    ...(kind === "rbd"
      ? [
          may("storage.k8s.io", ["volumeattachments"], [...read, "patch"]),
          may("storage.k8s.io", ["volumeattachments/status"], ["patch"]),
        ]
      : []),
  ];
}

/** What they may do in their own namespace: elect a leader, and take the key of the Ceph client. */
export const provisionerRules: Rule[] = [
  may("coordination.k8s.io", ["leases"], [...read, "create", "update", "patch", "delete"]),
  { ...may("", ["secrets"], ["get"]), resourceNames: [secretName] },
];

/** What a node's pod may do. The kubelet gives it the key of the Ceph client, with each volume. */
export function nodeClusterRules(kind: DriverKind): Rule[] {
  return [
    may("", ["nodes"], ["get"]),
    ...(kind === "rbd"
      ? [
          // After a restart it looks for volumes whose user space process has died with it.
          may("", ["persistentvolumes"], ["get"]),
          may("storage.k8s.io", ["volumeattachments"], ["get", "list"]),
        ]
      : []),
  ];
}
