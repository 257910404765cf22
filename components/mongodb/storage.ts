import { type Input } from "@pulumi/pulumi";

/** A claim of a volume, before it is there. */
export interface WantedVolume {
  namespace: Input<string>;
  /** Name of the claim. */
  claim: string;
  sizeGiB: number;
  access: "ReadWriteOnce" | "ReadWriteMany";
  /** Number of the user and the group that write on it. */
  owner: number;
}

/** What gives volumes: says what has to stand in a claim, and makes by hand what no driver makes. */
export interface ClaimStorage {
  volume(
    name: string,
    wanted: WantedVolume,
  ): { storageClassName?: Input<string>; volumeName?: Input<string> };
}
