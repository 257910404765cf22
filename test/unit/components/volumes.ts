import * as pulumi from "@pulumi/pulumi";
import { type GivenVolume, type WantedVolume } from "../../../components/mongodb";

/** What a storage with one class, whose driver makes the volumes, would give. */
export const givenVolume = ({ sizeGiB, access }: WantedVolume): GivenVolume => ({
  spec: {
    storageClassName: pulumi.output("cephfs"),
    accessModes: [access],
    resources: { requests: { storage: `${sizeGiB}Gi` } },
  },
  volumeName: undefined,
});
