/** `/mnt/cephfs` → `mnt-cephfs`: a mount in the name of a resource, a container and a client. */
export const mountName = (path: string): string =>
  path
    .split("/")
    .filter(Boolean)
    .join("-")
    .replaceAll(/[^a-zA-Z0-9_-]/g, "-");
