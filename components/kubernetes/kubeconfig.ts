import { parse } from "yaml";
import { admin } from "./kubectl";

/** Script for a control plane that prints the administrator's kubeconfig. An upgrade makes its certificate anew. */
export const kubeconfigScript = (version: string): string => `
# of ${version}
${admin} config view --raw --flatten
`;

/** Server that a kubeconfig's current context leads to. Throws when there is none. */
export const serverOf = (kubeconfig: string): string => currentOf(kubeconfig).server;

/** Name of a kubeconfig's current context. Throws when it has none with a server. */
export const contextOf = (kubeconfig: string): string => currentOf(kubeconfig).context;

function currentOf(kubeconfig: string): { context: string; server: string } {
  const config = parse(kubeconfig) as {
    "current-context"?: string;
    contexts?: { name: string; context: { cluster: string } }[];
    clusters?: { name: string; cluster: { server: string } }[];
  } | null;
  const current = config?.contexts?.find(({ name }) => name === config["current-context"]);
  const server = config?.clusters?.find(({ name }) => name === current?.context.cluster)?.cluster.server;
  if (!current || !server)
    throw new Error("the kubeconfig has no current context with a server: kubectl config get-contexts");
  return { context: current.name, server };
}
