import { type Images } from "../images";
import { versions } from "../kubernetes/versions";
import { profileAppVersions } from "./versions";

/** An image as the stack names it below the lab's registry, and what the lab makes it of. */
export interface ApplicationImage {
  repo: string;
  tag: string;
  image: keyof Images;
}

/** What runs on the lab's Kubernetes, by what it is for. */
export const applicationImages = {
  /** FerretDB in the place of MongoDB. */
  mongodb: { repo: "lab/ferretdb", tag: versions.ferretdb, image: "ferretdb" },
  metricsServer: { repo: "lab/metrics-server", tag: `v${versions.metricsServer}`, image: "metrics-server" },
  profileApp: { repo: "lab/profile-app", tag: profileAppVersions.current, image: "profile-app" },
  /** The same application under another version, which its page shows: for canaries. */
  profileAppNext: { repo: "lab/profile-app", tag: profileAppVersions.next, image: "profile-app-next" },
} satisfies Record<string, ApplicationImage>;

/** References below the lab's registry, as `images.overrides` of a stack's configuration takes them. */
export type ApplicationReferences = Record<keyof typeof applicationImages, string>;
