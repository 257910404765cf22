import { type Input, type Output } from "@pulumi/pulumi";

/** A claim of a volume, before it is there. */
export interface WantedVolume {
  namespace: Input<string>;
  /** Name of the claim. */
  claim: string;
  sizeGiB: number;
  access: "ReadWriteOnce" | "ReadWriteMany";
  /** Numbers of the user and the group that write on it. */
  owner: { user: number; group: number };
}

/** What the claim has to say. */
export interface GivenVolume {
  spec: {
    storageClassName: Output<string>;
    accessModes: string[];
    resources: { requests: { storage: string } };
  };
  /** The volume that it is bound to; undefined where one is made when it is claimed. */
  volumeName: Output<string> | undefined;
}

/** What gives volumes, such as KubernetesStorage. `name` names what it makes by hand, where no driver does. */
export interface ClaimStorage {
  volume(name: string, wanted: WantedVolume): GivenVolume;
}
