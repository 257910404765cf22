import { catalog, type CatalogImage } from "../../components/images";
import { containersOf } from "../pods";
import { isProduction, type Planned, textAt } from "../planned";
import { type ResourceRule } from "../rule";

/** References of images in a resource. A container on a host has the id of one that was pulled before, which pins it. */
export function imagesOf(resource: Planned): string[] {
  const { type, props } = resource;
  if (type === "docker:index/remoteImage:RemoteImage") return present(textAt(props, "name"));
  if (type === "docker:index/container:Container")
    return present(textAt(props, "image")).filter((image) => !/^(sha256:)?[0-9a-f]{64}$/.test(image));
  return containersOf(resource).flatMap((container) => present(textAt(container, "image")));
}

const present = (text: string | undefined): string[] => (text === undefined ? [] : [text]);

const hasDigest = (reference: string): boolean => /@sha256:[0-9a-f]{64}$/.test(reference);

/** Tag of a reference. A colon before the last slash is a registry's port. */
const tagOf = (reference: string): string | undefined =>
  /:([^:/@]+)$/.exec(reference.replace(/@.*$/, ""))?.[1];

/** Images of the catalog whose digest nobody has looked up yet, as they stand in front of or below a mirror. */
const withoutDigest: string[] = Object.values(catalog as Record<string, CatalogImage>)
  .filter(({ digest }) => digest === undefined)
  .map(({ reference }) => reference);

const isKnownGap = (image: string): boolean =>
  withoutDigest.some((reference) => image === reference || image.endsWith(`/${reference}`));

const unpinned = (resource: Planned): string[] =>
  isProduction(resource) ? imagesOf(resource).filter((image) => !hasDigest(image)) : [];

export const imageTag: ResourceRule = {
  name: "image-tag",
  description: "An image names its version: a tag other than latest, or a digest.",
  level: "mandatory",
  check: (resource) =>
    imagesOf(resource)
      .filter((image) => !hasDigest(image) && [undefined, "latest"].includes(tagOf(image)))
      .map((image) => `${image} is another image tomorrow: name a version or a digest`),
};

export const imageDigest: ResourceRule = {
  name: "image-digest",
  description: "In production an image is pinned by its digest.",
  level: "mandatory",
  check: (resource) =>
    unpinned(resource)
      .filter((image) => !isKnownGap(image))
      .map((image) => `${image} can be moved to other content: add @sha256:… (docs/policy.md#digests)`),
};

export const imageDigestKnown: ResourceRule = {
  name: "image-digest-known",
  description:
    "In production, images of the catalog without a digest get one in the stack's images.overrides.",
  level: "advisory",
  check: (resource) =>
    unpinned(resource)
      .filter(isKnownGap)
      .map(
        (image) =>
          `${image}: its digest is not in the catalog; look it up and write it into images.overrides (docs/policy.md#digests)`,
      ),
};
