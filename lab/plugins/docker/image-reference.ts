/** The parts of an image name such as `registry.example:5000/ceph/daemon:v1`. */
export interface ImageReference {
  /** Host and port; `registry-1.docker.io` when the name has none. */
  registry: string;
  /** Everything before the tag, with the registry when the name has one. */
  repository: string;
  /** Tag or digest; the digest wins. @default latest */
  version: string;
}

/** Takes an image name apart as Docker reads it. */
export function parseImage(name: string): ImageReference {
  const [tagged = "", digest] = name.split("@");
  const colon = tagged.indexOf(":", tagged.lastIndexOf("/"));
  const repository = colon < 0 ? tagged : tagged.slice(0, colon);
  const [first = "", ...rest] = repository.split("/");
  const named = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  return {
    registry: named ? first : "registry-1.docker.io",
    repository,
    version: digest ?? (colon < 0 ? "latest" : tagged.slice(colon + 1)),
  };
}
