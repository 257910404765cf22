import { PersistentVolume } from "@pulumi/kubernetes/core/v1";
import { StorageClass } from "@pulumi/kubernetes/storage/v1";
import * as pulumi from "@pulumi/pulumi";
import { type Host } from "../hosts";
import { hostMountClass } from "./classes";
import { directoryScript, type Owner, volumeName, volumesIn } from "./volume-directory";

/** Volumes that are directories of a file system which every node has mounted at the same place. */
export interface HostMountArgs {
  /** Tells it from the other one. */
  kind: "host-mount";
  /** Where the file system is mounted on all nodes. */
  mount: string;
  /** A host with that mount, on which the directories are made. */
  host: Host;
  /** Whether the class and the volumes can't be deleted before `pulumi state unprotect`. @default true */
  protect?: boolean;
}

/** The class of those volumes, which nothing but the program makes. */
export function createHostMountClass(
  name: string,
  { protect = true }: HostMountArgs,
  parent: pulumi.Resource,
): StorageClass {
  return new StorageClass(
    `${name}-class-cephfs`,
    { metadata: { name: "cephfs" }, ...hostMountClass },
    { parent, protect },
  );
}

export interface HostMountVolume {
  namespace: pulumi.Input<string>;
  claim: string;
  storage: string;
  accessModes: string[];
  owner: Owner;
}

/**
 * The volume of one claim: a directory with its owner, since what a pod asks for (`fsGroup`) does not reach such
 * volumes, and the object that is bound to the claim alone. A kubelet refuses it where the directory is not: with the
 * mount away no pod starts, instead of writing beside the file system.
 */
export function createHostMountVolume(
  name: string,
  { namespace, claim, storage, accessModes, owner }: HostMountVolume,
  { mount, host, protect = true }: HostMountArgs,
  storageClass: StorageClass,
  parent: pulumi.Resource,
): PersistentVolume {
  const volume = pulumi.output(namespace).apply((text) => volumeName(text, claim));
  const look = host.shellCommand(`findmnt ${mount}`);
  const directory = host.run(
    `volume-${name}`,
    { script: volume.apply((its) => directoryScript(mount, its, owner, look)) },
    { parent },
  );
  return new PersistentVolume(
    `${name}-volume`,
    {
      metadata: { name: volume },
      spec: {
        storageClassName: storageClass.metadata.name,
        capacity: { storage },
        accessModes,
        persistentVolumeReclaimPolicy: "Retain",
        hostPath: { path: pulumi.interpolate`${volumesIn(mount)}/${volume}`, type: "Directory" },
        claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace, name: claim },
      },
    },
    { parent, protect, dependsOn: directory },
  );
}
