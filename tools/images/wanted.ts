import { imagesOf, releaseOf } from "../../components/harbor/versions";
import { catalog, type ImageName, upstreamReference, withoutMirror } from "../../components/images";
import { harborParts } from "../../config/harbor-parts";
import { shippingHosts, shipsPods } from "../../config/log-shipper";
import { type StackSettings } from "../../config/schema";
import { nearMiss } from "../../config/near-miss";
import { Refusal } from "../outcome";
import { partsOf } from "./reference";

/** An image that a stack uses. */
export interface WantedImage {
  /** What it is for: its name in the catalog, `kubeadm/NAME`, or `webApps/NAME`; several are one image. */
  names: string[];
  /** As its own registry has it: with the stack's override, without the mirror and the stack's digests. */
  reference: string;
  /** Digest by which the stack asks for it, of the reference itself or of images.digests. */
  digest?: string;
  /** Whether a digest of the stack's would reach who pulls it; kubeadm asks by tag. */
  takesDigest: boolean;
}

/** What a stack uses, and what of it can't be known from its file. */
export interface Wanted {
  images: WantedImage[];
  /** Why an image is not in the list, and what to do about it. */
  unknown: { name: string; problem: string }[];
}

/** Every image that a stack uses, each once. */
export function wantedImages(settings: StackSettings): Wanted {
  const { mirror, overrides, digests } = settings.images;
  const found = new Map<string, WantedImage>();
  const add = (name: string, reference: string, takesDigest = true) => {
    const known = found.get(reference);
    if (known) {
      known.names.push(name);
      known.takesDigest ||= takesDigest;
    } else {
      const digest =
        partsOf(reference).digest ?? (Object.hasOwn(digests, reference) ? digests[reference] : undefined);
      found.set(reference, { names: [name], reference, digest, takesDigest });
    }
  };
  for (const name of catalogNames(settings)) add(name, upstreamReference(name, overrides));
  const { tag, images: harborImages } = harborRelease(settings);
  for (const name of harborImages) add(name, upstreamReference(name, overrides, tag));
  for (const [name, image] of appImages(settings)) {
    const inCatalog = Object.hasOwn(catalog, image);
    add(name, inCatalog ? upstreamReference(image as ImageName, overrides) : withoutMirror(image, mirror));
  }
  const { images, unknown } = kubeadmImages(settings);
  for (const [name, reference] of images) add(name, reference, false);
  return { images: [...found.values()], unknown };
}

/** Those of the list that have one of these names; all when there are none. Throws a Refusal for a name that nothing has. */
export function chosen(images: WantedImage[], only: string[]): WantedImage[] {
  const names = images.flatMap((image) => image.names);
  for (const name of only) {
    if (names.includes(name)) continue;
    const near = nearMiss(name, names);
    throw new Refusal(
      `the stack uses no image ${name}; ${near ? `did you mean ${near}?` : `there are: ${names.join(", ")}`}`,
    );
  }
  return only.length === 0
    ? images
    : images.filter((image) => image.names.some((name) => only.includes(name)));
}

/** Whether the stack's hosts become a cluster. */
const hasCluster = ({ kubernetes }: StackSettings) =>
  kubernetes.kubeconfigFile === undefined && kubernetes.controlPlane.length > 0;

function catalogNames(settings: StackSettings): ImageName[] {
  const { kubernetes, databases } = settings;
  const { storage, metrics } = kubernetes;
  const csi: ImageName[] = ["cephCsi", "csiProvisioner", "csiResizer", "csiNodeDriverRegistrar"];
  return [
    "ceph",
    ...(hasCluster(settings) ? (["pause", "flannel", "flannelPlugin"] as const) : []),
    ...(storage?.kind === "csi" ? csi : []),
    ...(storage?.kind === "csi" && storage.pool ? (["csiAttacher"] as const) : []),
    ...(metrics ? (["metricsServer"] as const) : []),
    ...new Set(databases.flatMap(({ engine }): ImageName[] => [engine, "mongodbTools"])),
    ...loggingNames(settings),
  ];
}

function loggingNames({ hosts, kubernetes, logging }: StackSettings): ImageName[] {
  const { receiver, kibana, shippers } = logging;
  if (logging.hosts.length === 0) return [];
  const cluster = kubernetes.kubeconfigFile !== undefined || kubernetes.controlPlane.length > 0;
  const names = hosts.map(({ name }) => name);
  return [
    ...(["elasticsearch", "nginx"] as const),
    receiver.kind === "logstash" ? "logstash" : "logReceiver",
    ...(kibana ? (["kibana"] as const) : []),
    ...(shippingHosts(shippers, names).length > 0 || shipsPods(shippers, cluster)
      ? (["filebeat"] as const)
      : []),
  ];
}

/** Of Harbor's parts, with the tag of its version. */
function harborRelease({ harbor }: StackSettings): { tag: string; images: ImageName[] } {
  const release = releaseOf(harbor.version);
  const images = imagesOf(release);
  return { tag: release.tag, images: harborParts(harbor).map((part) => images[part]) };
}

const appImages = ({ webApps }: StackSettings) =>
  webApps.flatMap(({ name, image, canary }): [string, string][] => [
    [`webApps/${name}`, image],
    ...(canary ? ([[`webApps/${name}/canary`, canary.image]] as [string, string][]) : []),
  ]);

/**
 * What kubeadm itself asks for, by tags that only its version knows. With an `imageRepository` it asks elsewhere than
 * in the mirror. https://kubernetes.io/docs/reference/setup-tools/kubeadm/kubeadm-init/#custom-images
 */
function kubeadmImages(settings: StackSettings): { images: [string, string][]; unknown: Wanted["unknown"] } {
  const { version = "", imageRepository, imageTags } = settings.kubernetes;
  if (!hasCluster(settings) || imageRepository !== undefined) return { images: [], unknown: [] };
  const minor = Number(version.split(".")[1]);
  const image = (name: string, tag: string): [string, string] => [
    `kubeadm/${name.split("/")[0]}`,
    `registry.k8s.io/${name}:${tag}`,
  ];
  const parts = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"];
  const tagged = [
    { name: "coredns", path: "coredns/coredns", tag: imageTags.coredns },
    { name: "etcd", path: "etcd", tag: imageTags.etcd },
  ];
  return {
    images: [
      ...parts.map((name) => image(name, `v${version}`)),
      image("pause", minor < 34 ? "3.10" : "3.10.1"),
      ...tagged.flatMap(({ path, tag }) => (tag === undefined ? [] : [image(path, tag)])),
    ],
    unknown: tagged
      .filter(({ tag }) => tag === undefined)
      .map(({ name }) => ({
        name: `kubeadm/${name}`,
        problem: `its tag is not known here: set kubernetes.imageTags.${name}, as kubeadm config images list --kubernetes-version v${version} shows it`,
      })),
  };
}
