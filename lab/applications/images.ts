import { type Images } from "../images";
import { versions } from "../kubernetes/versions";
import { mongoshVersion, profileAppVersions } from "./versions";

/** An image as the stack names it below the lab's registry, and what the lab makes it of. */
export interface ApplicationImage {
  repo: string;
  tag: string;
  image: keyof Images;
}

/** Images of the catalog, by their names there; Pulumi.dev.yaml has the references in `images.overrides`. */
export const platformImages = {
  /** In the place of MongoDB. */
  ferretdb: { repo: "lab/ferretdb", tag: versions.ferretdb, image: "ferretdb" },
  /** What MongoDB's own image has beside the server. */
  mongodbTools: { repo: "lab/mongodb-tools", tag: mongoshVersion, image: "mongodb-tools" },
  metricsServer: { repo: "lab/metrics-server", tag: `v${versions.metricsServer}`, image: "metrics-server" },
} satisfies Record<string, ApplicationImage>;

/** The example application, which nobody publishes. */
export const exampleImages = {
  profileApp: { repo: "lab/profile-app", tag: profileAppVersions.current, image: "profile-app" },
  /** The same under another version, which its page shows: for canaries. */
  profileAppNext: { repo: "lab/profile-app", tag: profileAppVersions.next, image: "profile-app-next" },
} satisfies Record<string, ApplicationImage>;

/** The reference below the lab's registry. */
export const referenceOf = ({ repo, tag }: ApplicationImage): string => `${repo}:${tag}`;
