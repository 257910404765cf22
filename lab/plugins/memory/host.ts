import { type Properties } from "../resource-type";

/** The host that a resource is on, by the docker provider's address or a command's connection. */
export function hostOf(type: string, properties: Properties, config: Properties): string {
  if (properties.connection) return properties.connection.host;
  if (type === "command:local:Command") return "local";
  return type.startsWith("docker:") ? daemonHost(config.host) : "";
}

/** `10.77.0.11` of `ssh://root@10.77.0.11:22`; "local" for a socket on this machine. */
export function daemonHost(address: string | undefined): string {
  const parts = /^(?:ssh|tcp):\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/]+)/.exec(address ?? "");
  return parts?.[1]?.replace(/^\[|\]$/g, "") ?? "local";
}
