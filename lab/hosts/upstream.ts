import { catalog } from "../../components/images";

/** The machine that answers for Docker's own registry, which has another name in references. */
const servers: Record<string, string> = { "docker.io": "registry-1.docker.io" };

/**
 * Host names of the registries from which the stack's images come when there is no mirror. For the lab's hosts they lead
 * nowhere, so that an image that forgot the mirror is seen on every machine, also on one that reaches them.
 */
export function upstreamRegistries(): string[] {
  const registries = Object.values(catalog)
    .map(({ reference }) => reference.split("/")[0] ?? "")
    .filter((name) => name.includes("."));
  return [...new Set(registries)].sort().map((name) => servers[name] ?? name);
}
