import type * as pulumi from "@pulumi/pulumi";

/** An image that the stack uses, as its publisher names it. */
export interface CatalogImage {
  /** Registry, repository and tag. */
  reference: string;
  /** Digest of that tag, where it is known; it goes into the reference and pins the content. */
  digest?: string;
}

/** Every image of the stack. This is the only place where a version stands. */
export const catalog = {
  /** All daemons of Ceph. https://docs.ceph.com/en/latest/install/containers/ */
  ceph: {
    reference: "quay.io/ceph/ceph:v20.2.4",
    digest: "sha256:6bb1c8a42fbc0bf87938946990b65174466997bc11c31eb5a323225a779fd8f9",
  },
  /** What keeps a pod's network. kubeadm brings the other images of Kubernetes, those of its version. */
  pause: { reference: "registry.k8s.io/pause:3.10.1" },
  /** The network of pods, and its CNI plugin. https://github.com/flannel-io/flannel/releases */
  flannel: { reference: "ghcr.io/flannel-io/flannel:v0.28.4" },
  flannelPlugin: { reference: "ghcr.io/flannel-io/flannel-cni-plugin:v1.9.1-flannel1" },
  /** The database, and its shell and tools. https://hub.docker.com/_/mongo */
  mongodb: { reference: "docker.io/library/mongo:8.0.29-noble" },
  mongodbTools: { reference: "docker.io/library/mongo:8.0.29-noble" },
  /** Stands in for it in labs. https://docs.ferretdb.io/v1.24/quickstart-guide/docker/ */
  ferretdb: { reference: "ghcr.io/ferretdb/ferretdb:1.24.0" },
  /** The load of pods and nodes. https://github.com/kubernetes-sigs/metrics-server/releases */
  metricsServer: { reference: "registry.k8s.io/metrics-server/metrics-server:v0.9.0" },
  /** Volumes of Ceph in Kubernetes, and what stands between its API and them. https://github.com/ceph/ceph-csi/releases */
  cephCsi: { reference: "quay.io/cephcsi/cephcsi:v3.17.2" },
  csiProvisioner: { reference: "registry.k8s.io/sig-storage/csi-provisioner:v6.2.0" },
  csiResizer: { reference: "registry.k8s.io/sig-storage/csi-resizer:v2.1.0" },
  csiAttacher: { reference: "registry.k8s.io/sig-storage/csi-attacher:v4.12.0" },
  csiNodeDriverRegistrar: { reference: "registry.k8s.io/sig-storage/csi-node-driver-registrar:v2.17.0" },
  /** The log store, what receives for it and its pages. https://www.docker.elastic.co */
  elasticsearch: { reference: "docker.elastic.co/elasticsearch/elasticsearch:9.5.6" },
  logstash: { reference: "docker.elastic.co/logstash/logstash:9.5.6" },
  kibana: { reference: "docker.elastic.co/kibana/kibana:9.5.6" },
  /** What reads logs and sends them to the log store. https://www.docker.elastic.co/r/beats/filebeat */
  filebeat: { reference: "docker.elastic.co/beats/filebeat:9.5.6" },
  /** Stands in for Logstash in labs; it is built there, and is in no registry. */
  logReceiver: { reference: "lab/log-receiver:1.0.0" },
  /** What stands in front of pages. https://hub.docker.com/_/nginx */
  nginx: { reference: "docker.io/library/nginx:1.28.0" },
  /** The parts of Harbor, in its newest version that the stack knows. https://github.com/goharbor/harbor/releases */
  harborCore: { reference: "docker.io/goharbor/harbor-core:v2.15.4" },
  harborPortal: { reference: "docker.io/goharbor/harbor-portal:v2.15.4" },
  harborJobservice: { reference: "docker.io/goharbor/harbor-jobservice:v2.15.4" },
  harborRegistry: { reference: "docker.io/goharbor/registry-photon:v2.15.4" },
  harborRegistryctl: { reference: "docker.io/goharbor/harbor-registryctl:v2.15.4" },
  harborDatabase: { reference: "docker.io/goharbor/harbor-db:v2.15.4" },
  harborValkey: { reference: "docker.io/goharbor/valkey-photon:v2.15.4" },
  /** Valkey's place in Harbor 2.14. */
  harborRedis: { reference: "docker.io/goharbor/redis-photon:v2.14.4" },
  harborProxy: { reference: "docker.io/goharbor/nginx-photon:v2.15.4" },
  harborTrivy: { reference: "docker.io/goharbor/trivy-adapter-photon:v2.15.4" },
  harborExporter: { reference: "docker.io/goharbor/harbor-exporter:v2.15.4" },
} satisfies Record<string, CatalogImage>;

/** Name of an image in the catalog. */
export type ImageName = keyof typeof catalog;

/** How the mirror is reached, where that takes more than its name. */
export interface RegistryAccess {
  /** `host[:port]` of the mirror. */
  address: string;
  /** Certificate authority of its certificate, PEM. @default those that the hosts trust anyway */
  ca?: string;
  /** Who asks it. @default anybody may pull */
  login?: { username: string; password: pulumi.Input<string> };
}

/** Where images come from in this environment. */
export interface ImageSources {
  /** Registry that holds a copy of every image, `host[:port][/path]`; all references are rewritten to it. @default none: images' own registries */
  mirror?: string;
  /** References that replace those of the catalog, by image name. */
  overrides: Partial<Record<ImageName, string>>;
  /** Digests of references that have none, without the mirror in front. @default none */
  digests?: Record<string, string>;
  /** Images that come from their own registries in spite of the mirror. @default none */
  direct?: readonly ImageName[];
  /** How the mirror is reached. @default as any registry with a certificate that the hosts trust, without a login */
  registry?: RegistryAccess;
}

/**
 * The reference that a host pulls: the catalog's or its override, below the mirror when there is one. The upstream
 * registry stays part of the path (`MIRROR/quay.io/ceph/ceph:TAG`), so that two registries never collide in the mirror.
 * @param tag in the place of the catalog's; an override is stronger
 */
export function imageReference(name: ImageName, sources: ImageSources, tag?: string): string {
  const { mirror, overrides, direct = [] } = sources;
  return below(
    direct.includes(name) ? undefined : mirror,
    pinned(upstreamReference(name, overrides, tag), sources),
  );
}

/** The reference before the mirror and the stack's digests: the override, or the catalog's with the catalog's digest. */
export function upstreamReference(
  name: ImageName,
  overrides: ImageSources["overrides"],
  tag?: string,
): string {
  return overrides[name] ?? withTag(catalog[name], tag);
}

/** A digest is of the catalog's tag alone. */
function withTag({ reference, digest }: CatalogImage, tag?: string): string {
  if (tag === undefined || reference.endsWith(`:${tag}`))
    return digest ? `${reference}@${digest}` : reference;
  return `${reference.slice(0, reference.lastIndexOf(":"))}:${tag}`;
}

/**
 * A reference as the mirror has it. The path of an image can't have a colon: `host:5000/shop` is `MIRROR/host_5000/shop`,
 * which is no other registry's name, as those have no underscore.
 */
export const below = (mirror: string | undefined, reference: string): string =>
  mirror ? `${mirror}/${reference.replace(/^([^/@]+):(\d+)\//, "$1_$2/")}` : reference;

/** With the digest that the stack has for it, if any. The tag stays, for people. */
const pinned = (reference: string, { digests = {} }: ImageSources) =>
  Object.hasOwn(digests, reference) ? `${reference}@${digests[reference]}` : reference;

/**
 * The reference of an app's image: one of the catalog's by its name, or any other, below the mirror when there is one and
 * it is not there already.
 */
export function applicationImage(image: string, sources: ImageSources): string {
  if (Object.hasOwn(catalog, image)) return imageReference(image as ImageName, sources);
  const upstream = withoutMirror(image, sources.mirror);
  return below(sources.mirror, pinned(upstream, sources));
}

/** A reference as the mirror has it, without the mirror in front. */
export const withoutMirror = (reference: string, mirror: string | undefined): string =>
  mirror && reference.startsWith(`${mirror}/`) ? reference.slice(mirror.length + 1) : reference;

/** `host[:port]` of a mirror. */
export const registryOf = (mirror: string): string => mirror.split("/")[0] ?? mirror;
