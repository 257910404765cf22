import { z } from "zod";
import { catalog, type ImageName } from "../../components/images";
import { isCertificates, isKeyPath, isPinnedReference, isRegistryPath } from "../formats";
import { keyPath, matching } from "./fields";

export const imageNames = Object.keys(catalog);

const reference = matching(
  isPinnedReference,
  "an image reference with a tag other than latest, or with a sha256 digest",
).optional();

export const images = z.strictObject({
  /**
   * Registry that has all images: host[:port][/path], put in front of every image name. No http://, no slash at the end.
   * @default none: each image comes from its own registry
   */
  mirror: matching(
    isRegistryPath,
    "host[:port][/path] without http:// and without a slash at the end",
  ).optional(),
  /**
   * Other references, by the image's name in components/images.ts. Rejected without a tag or digest, and with the tag
   * `latest`. @default {}
   */
  overrides: z
    .strictObject(
      Object.fromEntries(imageNames.map((name) => [name, reference])) as Record<ImageName, typeof reference>,
    )
    .prefault({}),
  /**
   * Digests of references that have a tag only, without the mirror in front: hosts and pods get what they name, whatever
   * becomes of the tag. `npm run images:pin` writes them. @default {}
   */
  digests: z
    .record(
      matching(
        (text) => isPinnedReference(text) && !text.includes("@"),
        "an image reference with a tag other than latest, and no digest",
      ),
      matching(/^sha256:[0-9a-f]{64}$/, "a digest: sha256: and 64 hexadecimal digits in lower case"),
    )
    .default({}),
  /** How the mirror is reached. @default with a certificate that everybody trusts, and without a login */
  registry: z
    .strictObject({
      /** Certificate authority of the mirror: PEM, or the path of a file of it. @default those that the machines trust */
      ca: matching(
        (text) => isCertificates(text) || isKeyPath(text),
        "certificates as PEM, or a path that is absolute or starts with ~/",
      ).optional(),
      /** Who pulls. @default anybody may */
      username: matching(
        /^[^\s:"\\]{1,255}$/,
        "a name without spaces, colons, quotes and backslashes",
      ).optional(),
      /** File on the operator's machine with the password, a line. Needed with `username`. */
      passwordFile: keyPath.optional(),
    })
    .optional(),
});
