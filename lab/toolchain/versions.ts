import { dependencies } from "../../package.json";

/** The engine is of the same version as the SDK, so that both speak the same protocol. */
export const engineVersion = dependencies["@pulumi/pulumi"];

/** The official plugins that the stack needs, by package name. */
export const pluginVersions: Record<string, string> = {
  command: dependencies["@pulumi/command"],
  docker: dependencies["@pulumi/docker"],
  kubernetes: dependencies["@pulumi/kubernetes"],
  random: dependencies["@pulumi/random"],
  tls: dependencies["@pulumi/tls"],
};
