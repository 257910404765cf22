/** What the lab's Kubernetes is made of, and what runs on it. go.mod of each module pins the same versions; a test compares them. */
export const versions = {
  kubernetes: "1.34.1",
  etcd: "3.6.5",
  coredns: "1.12.4",
  flannel: "0.28.4",
  /** The CNI plugin `flannel`, the last release that was a Go module. */
  flannelPlugin: "0.9.1",
  /** What kubeadm of that version asks for; the program is the lab's own. */
  pause: "3.10.1",
  /** Speaks MongoDB's protocol; the last line with a store of its own (SQLite). */
  ferretdb: "1.24.0",
  /** Made for Kubernetes 1.34 and later. */
  metricsServer: "0.9.0",
};
