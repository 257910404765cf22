/** A driver of ceph-csi. */
export type DriverKind = "cephfs" | "rbd";

/** Name under which the API, the kubelets and the volumes know a driver. It stands in every volume: never another. */
export const driverName = (kind: DriverKind): string => `${kind}.csi.ceph.com`;

/** Namespace of the drivers. */
export const namespaceName = "ceph-csi";

/** Objects that both drivers use, in their namespace. */
export const clusterConfigName = "ceph-csi-config";
export const cephConfName = "ceph-conf";
export const secretName = "ceph-client";
