import { stringify } from "yaml";

/**
 * A kubeconfig with one cluster, one user and one context, all called `loopback`.
 * @param authority PEM text of the certificates that vouch for the server
 */
export function renderKubeconfig(server: string, authority: string, token: string): string {
  const name = "loopback";
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name,
        cluster: { server, "certificate-authority-data": Buffer.from(authority).toString("base64") },
      },
    ],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
}
