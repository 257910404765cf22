/** Start of a shell command that asks the cluster, on a control plane. */
export const admin =
  "/usr/bin/env PATH=$PATH:/usr/local/bin kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 30s";

/** What to type on a control plane to look into the cluster; for messages. */
export const kubectlCommand = (args: string): string =>
  `kubectl --kubeconfig /etc/kubernetes/admin.conf ${args}`;
