import { registryAddress, registryUpload } from "../hosts/addresses";
import { type Engine } from "../docker";
import { publish } from "../hosts/registry";
import { readRegistryAccess } from "../hosts/registry-access";
import { nodeArchive } from "./archive";
import { ensureBlob } from "./blob";
import { imageRepository, imageTags, kubernetesImages } from "./images";
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
  for (const { repo, tag, image } of kubernetesImages) await publish(engine, image, { repo, tag });
  const { file, sha256 } = await nodeArchive();
  const path = await ensureBlob(
    await readRegistryAccess(),
    registryUpload,
    `${imageRepository}/node`,
    file,
    sha256,
  );
  return {
    version: versions.kubernetes,
    imageRepository: `${registryAddress}/${imageRepository}`,
    imageTags,
    binaries: { url: `https://${registryAddress}${path}`, sha256 },
  };
}
