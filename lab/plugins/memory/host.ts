import { type Properties } from "../resource-type";

/** The host that a resource is on, by its provider's address or a command's connection. */
export function hostOf(type: string, properties: Properties, config: Properties): string {
  if (properties.connection) return properties.connection.host;
  if (type === "command:local:Command") return "local";
  if (type.startsWith("kubernetes:")) return apiHost(config.kubeconfig);
  return type.startsWith("docker:") ? daemonHost(config.host) : "";
}

/** `10.77.0.11` of `ssh://root@10.77.0.11:22`; "local" for a socket on this machine. */
export function daemonHost(address: string | undefined): string {
  const parts = /^(?:ssh|tcp):\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/]+)/.exec(address ?? "");
  return parts?.[1]?.replace(/^\[|\]$/g, "") ?? "local";
}

/** The host of the first API server that a kubeconfig names: text, or JSON that was decoded already. */
export function apiHost(kubeconfig: unknown): string {
  const text = typeof kubeconfig === "string" ? kubeconfig : JSON.stringify(kubeconfig ?? "");
  return (
    /server"?\s*:\s*["']?https?:\/\/(\[[^\]]*\]|[^:/\s"']+)/.exec(text)?.[1]?.replace(/^\[|\]$/g, "") ?? ""
  );
}
