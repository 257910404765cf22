/** What the lab's Kubernetes is made of, and what runs on it. go.mod of each module pins the same versions; a test compares them. */
export const versions = {
  kubernetes: "1.34.1",
  /** What it is upgraded to: the same source under the next number. */
  kubernetesNext: "1.34.2",
  etcd: "3.6.5",
  /** The one that kubeadm of that version knows: with a newer one it upgrades nothing. */
  coredns: "1.12.1",
  flannel: "0.28.4",
  /** The CNI plugin `flannel`, the last release that was a Go module. */
  flannelPlugin: "0.9.1",
  /** What kubeadm of that version asks for; the program is the lab's own. */
  pause: "3.10.1",
  /** Speaks MongoDB's protocol; the last line with a store of its own (SQLite). */
  ferretdb: "1.24.0",
  /** mongodump and mongorestore, a commit between 100.9.5 and 100.10.0: their releases have no tags that Go takes. */
  mongoTools: "0.0.0-20240723193119-837c2bc263f4",
  /** Made for Kubernetes 1.34 and later. */
  metricsServer: "0.9.0",
};
