import { parse } from "yaml";
import { admin } from "./kubectl";

/** Script for a control plane that prints the administrator's kubeconfig. An upgrade makes its certificate anew. */
export const kubeconfigScript = (version: string): string => `
# of ${version}
${admin} config view --raw --flatten
`;

/** Server that a kubeconfig's current context leads to. Throws when there is none. */
export function serverOf(kubeconfig: string): string {
  const config = parse(kubeconfig) as {
    "current-context"?: string;
    contexts?: { name: string; context: { cluster: string } }[];
    clusters?: { name: string; cluster: { server: string } }[];
  } | null;
  const context = config?.contexts?.find(({ name }) => name === config["current-context"])?.context;
  const server = config?.clusters?.find(({ name }) => name === context?.cluster)?.cluster.server;
  if (!server)
    throw new Error("the kubeconfig has no current context with a server: kubectl config get-contexts");
  return server;
}
