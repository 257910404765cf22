/** The parts of an image reference such as `quay.io/ceph/ceph:v20@sha256:…`. */
export interface ReferenceParts {
  /** `host[:port]`; docker.io when the reference has none. */
  registry: string;
  /** Everything before the tag and the digest, with the registry when the reference has one. */
  name: string;
  tag?: string;
  digest?: string;
}

/** Takes a reference apart as Docker reads it. */
export function partsOf(reference: string): ReferenceParts {
  const [tagged = "", digest] = reference.split("@");
  const colon = tagged.indexOf(":", tagged.lastIndexOf("/"));
  const name = colon < 0 ? tagged : tagged.slice(0, colon);
  const [first = "", ...rest] = name.split("/");
  const named = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  return {
    registry: named ? first : "docker.io",
    name,
    tag: colon < 0 ? undefined : tagged.slice(colon + 1),
    digest,
  };
}

/** The reference of a content: by its digest alone, as skopeo takes no tag beside it. */
export const byDigest = (reference: string, digest: string): string => `${partsOf(reference).name}@${digest}`;

/** The reference under which a content is put: by its tag, or by its digest when it has none. */
export function byTag(reference: string): string {
  const { name, tag, digest } = partsOf(reference);
  return tag === undefined ? `${name}@${digest}` : `${name}:${tag}`;
}
