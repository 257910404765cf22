import { registryAddress, registryUpload } from "../hosts/addresses";
import { type Engine } from "../docker";
import { publish } from "../hosts/registry";
import { readRegistryAccess } from "../hosts/registry-access";
import { type Archive, nodeArchive } from "./archive";
import { ensureBlob } from "./blob";
import { imageRepository, imageTags, kubernetesImages, nextImages, type PublishedImage } from "./images";
import { versions } from "./versions";

/** What a KubernetesCluster has to know to install from the lab's registry. */
export interface KubernetesSource {
  version: string;
  /** kubeadm's `imageRepository`. */
  imageRepository: string;
  /** kubeadm's `etcd.local.imageTag` and `dns.imageTag`. */
  imageTags: typeof imageTags;
  /** A .tar.gz to unpack in `/` of a node. */
  binaries: { url: string; sha256: string };
}

/** Puts Kubernetes into the lab's registry, which has to run: the images, and the nodes' programs as a blob. */
export async function publishKubernetes(engine: Engine): Promise<KubernetesSource> {
  await publishAll(engine, kubernetesImages);
  return source(versions.kubernetes, await nodeArchive());
}

/** The same of the version that a cluster is upgraded to, beside what `publishKubernetes` has published. */
export async function publishNextKubernetes(engine: Engine): Promise<KubernetesSource> {
  await publishAll(engine, nextImages);
  return source(versions.kubernetesNext, await nodeArchive("kubernetes-next"));
}

async function publishAll(engine: Engine, images: PublishedImage[]): Promise<void> {
  for (const { repo, tag, image } of images) await publish(engine, image, { repo, tag });
}

async function source(version: string, { file, sha256 }: Archive): Promise<KubernetesSource> {
  const path = await ensureBlob(
    await readRegistryAccess(),
    registryUpload,
    `${imageRepository}/node`,
    file,
    sha256,
  );
  return {
    version,
    imageRepository: `${registryAddress}/${imageRepository}`,
    imageTags,
    binaries: { url: `https://${registryAddress}${path}`, sha256 },
  };
}
