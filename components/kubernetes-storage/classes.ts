import type * as pulumi from "@pulumi/pulumi";
import { type DriverKind, driverName, namespaceName, secretName } from "./drivers";

/** Name of a class of volumes, the same in every stack, so that a claim is too. */
export type ClassName = DriverKind;

/** What a class of ceph-csi takes its volumes from: a file system, or a pool. */
export type VolumeSource = { fsName: string } | { pool: string };

/** A class of volumes that are made when they are claimed, can grow, and stay when their claim goes. */
export function csiClass(kind: DriverKind, fsid: pulumi.Input<string>, source: VolumeSource) {
  const secrets = ["provisioner", "controller-expand", "node-stage"].flatMap((use) => [
    [`csi.storage.k8s.io/${use}-secret-name`, secretName],
    [`csi.storage.k8s.io/${use}-secret-namespace`, namespaceName],
  ]);
  return {
    provisioner: driverName(kind),
    parameters: {
      clusterID: fsid,
      ...source,
      ...(kind === "rbd" ? { imageFeatures: "layering", "csi.storage.k8s.io/fstype": "ext4" } : {}),
      ...Object.fromEntries(secrets),
    },
    reclaimPolicy: "Retain",
    allowVolumeExpansion: true,
    volumeBindingMode: "Immediate",
    ...(kind === "rbd" ? { mountOptions: ["discard"] } : {}), // what is deleted is free in the pool, too
  };
}

/** A class of volumes that are there before they are claimed, each made for its claim. */
export const hostMountClass = {
  provisioner: "kubernetes.io/no-provisioner",
  reclaimPolicy: "Retain",
  volumeBindingMode: "Immediate",
};

/** Annotation of the class that claims get which name none. */
export const asDefault = { "storageclass.kubernetes.io/is-default-class": "true" };
