import { type Provider } from "@pulumi/kubernetes/provider";
import { type StorageClass } from "@pulumi/kubernetes/storage/v1";
import * as pulumi from "@pulumi/pulumi";
import { type ClassName } from "./classes";
import { createCsi, type CsiArgs } from "./csi";
import { createHostMountClass, createHostMountVolume, type HostMountArgs } from "./host-mount";
import { type Owner, volumesIn } from "./volume-directory";

/** Whether ceph-csi makes volumes, or directories of a mount are them. */
export type KubernetesStorageArgs = CsiArgs | HostMountArgs;

/** A volume that a component needs, by the claim that it will make. */
export interface VolumeArgs {
  /** Namespace of the claim. */
  namespace: pulumi.Input<string>;
  /** Name of the claim; those of a StatefulSet are TEMPLATE-NAME-0, TEMPLATE-NAME-1, …: a volume for each. */
  claim: string;
  /** Size, GiB. Directories of a host mount may grow beyond it. */
  sizeGiB: number;
  /** `ReadWriteMany` for pods on several nodes at once; such volumes are always of CephFS. */
  access: "ReadWriteOnce" | "ReadWriteMany";
  /** User and group that the pods run as; their security context has to have the group as `fsGroup`. */
  owner: Owner;
}

/** What goes into the claim of a volume. */
export interface ClaimedVolume {
  /** `spec` of the claim, or of a StatefulSet's template for it. */
  spec: {
    /** Class that it is of; known when the volume can be claimed. */
    storageClassName: pulumi.Output<string>;
    /** What was wanted, as a list of one. */
    accessModes: string[];
    /** Size that is asked for. */
    resources: { requests: { storage: string } };
  };
  /** The volume that is bound to the claim, by the claim's name; undefined where it is made when it is claimed. */
  volumeName: pulumi.Output<string> | undefined;
}

/**
 * Volumes for pods, in Ceph. With `csi` ceph-csi makes them when they are claimed. With `host-mount` they are directories of
 * a CephFS file system that is mounted on all nodes, for kernels without a client of Ceph: one for each claim that a
 * component announces with `volume`. In both the class `cephfs` is for many pods at once, and data stay when a claim goes.
 */
export class KubernetesStorage extends pulumi.ComponentResource {
  /** Which of the two it is. */
  public readonly kind: KubernetesStorageArgs["kind"];
  /** Names of the classes that there are. */
  public readonly classNames: ClassName[];
  /** A sentence on where volumes are. */
  public readonly description: string;

  private readonly classes: Partial<Record<ClassName, StorageClass>>;

  constructor(
    private readonly storageName: string,
    private readonly args: KubernetesStorageArgs,
    opts: pulumi.ComponentResourceOptions & { provider: Provider },
  ) {
    super("farmstack:kubernetes-storage:KubernetesStorage", storageName, {}, opts);
    this.kind = args.kind;
    this.description = describe(args);
    this.classes =
      args.kind === "csi"
        ? createCsi(storageName, args, this)
        : { cephfs: createHostMountClass(storageName, args, this) };
    this.classNames = Object.keys(this.classes) as ClassName[];
    this.registerOutputs({
      kind: this.kind,
      classNames: this.classNames,
      description: this.description,
    });
  }

  /** Sees to it that the volume of a claim can be had. `name` names its resources. The claim is the caller's to make. */
  public volume(name: string, { namespace, claim, sizeGiB, access, owner }: VolumeArgs): ClaimedVolume {
    const chosen = access === "ReadWriteOnce" && this.args.kind === "csi" ? this.args.default : undefined;
    const storageClass = this.classes[chosen ?? "cephfs"];
    if (!storageClass)
      throw new pulumi.ResourceError(`${this.storageName}: no class ${chosen} without a pool`, this);
    const storage = `${sizeGiB}Gi`;
    const accessModes = [access];
    const resources = { requests: { storage } };
    if (this.args.kind === "csi")
      return {
        spec: { storageClassName: storageClass.metadata.name, accessModes, resources },
        volumeName: undefined,
      };
    const volume = createHostMountVolume(
      name,
      { namespace, claim, storage, accessModes, owner },
      this.args,
      storageClass,
      this,
    );
    return {
      // Taken from the volume, so that the claim waits for it.
      spec: { storageClassName: volume.spec.storageClassName, accessModes, resources },
      volumeName: volume.metadata.name,
    };
  }
}

function describe(args: KubernetesStorageArgs): string {
  if (args.kind === "host-mount")
    return (
      `Volumes are directories in ${volumesIn(args.mount)}, which every node has mounted (class cephfs). ` +
      "There is no driver: only claims that the program knows get one, and sizes are not kept to."
    );
  const blocks = args.pool ? `, and as block devices in the pool ${args.pool} (class rbd)` : "";
  return `ceph-csi makes volumes when they are claimed: in the file system ${args.filesystem} (class cephfs)${blocks}.`;
}
