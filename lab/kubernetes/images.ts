import { type Images } from "../images";
import { versions } from "./versions";

/** Where the lab's registry has the images of Kubernetes: kubeadm's `imageRepository` below the registry's address. */
export const imageRepository = "lab/kubernetes";

/** An image as kubeadm or flannel's manifest names it, and what the lab makes it of. */
export interface PublishedImage {
  repo: string;
  tag: string;
  image: keyof Images;
}

const named = (name: string, tag: string, image: keyof Images): PublishedImage => ({
  repo: `${imageRepository}/${name}`,
  tag,
  image,
});

/** kubeadm asks for other versions of these two unless its ClusterConfiguration names them. */
export const imageTags = {
  /** `etcd.local.imageTag` */
  etcd: `${versions.etcd}-0`,
  /** `dns.imageTag` */
  coredns: `v${versions.coredns}`,
};

/** What has the version of Kubernetes. */
const released = (version: string, programs: keyof Images, proxy: keyof Images): PublishedImage[] => [
  named("kube-apiserver", `v${version}`, programs),
  named("kube-controller-manager", `v${version}`, programs),
  named("kube-scheduler", `v${version}`, programs),
  named("kube-proxy", `v${version}`, proxy),
];

/** All images of a cluster: what `kubeadm config images list` prints, and flannel's two. */
export const kubernetesImages: PublishedImage[] = [
  ...released(versions.kubernetes, "kubernetes", "kube-proxy"),
  named("coredns", imageTags.coredns, "coredns"),
  named("pause", versions.pause, "pause"),
  named("etcd", imageTags.etcd, "kubernetes"),
  named("flannel", `v${versions.flannel}`, "flannel"),
  named("flannel-cni-plugin", `v${versions.flannelPlugin}`, "flannel"),
];

/** What an upgrade asks for besides. */
export const nextImages = released(versions.kubernetesNext, "kubernetes-next", "kube-proxy-next");
