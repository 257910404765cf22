import { type Input, type Output } from "@pulumi/pulumi";

/** A claim of a volume, before it is there. */
export interface WantedVolume {
  /** Namespace of the claim. */
  namespace: Input<string>;
  /** Name of the claim. */
  claim: string;
  /** Size, GiB. */
  sizeGiB: number;
  /** `ReadWriteMany` for pods on several nodes at once. */
  access: "ReadWriteOnce" | "ReadWriteMany";
  /** Numbers of the user and the group that write on it. */
  owner: { user: number; group: number };
}

/** What the claim has to say. */
export interface GivenVolume {
  /** `spec` of the claim, or of a StatefulSet's template for it. */
  spec: {
    /** Class that it is of. */
    storageClassName: Output<string>;
    /** What was wanted, as a list of one. */
    accessModes: string[];
    /** Size that is asked for. */
    resources: { requests: { storage: string } };
  };
  /** The volume that it is bound to; undefined where one is made when it is claimed. */
  volumeName: Output<string> | undefined;
}

/** What gives volumes, such as KubernetesStorage. */
export interface ClaimStorage {
  /** Sees to it that a claim can be bound. `name` names what it makes by hand, where no driver does. */
  volume(name: string, wanted: WantedVolume): GivenVolume;
}
