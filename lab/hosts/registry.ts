import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Engine } from "../docker";
import { ensureImages, labImages, type Images } from "../images";
import { followBuild } from "../images/build";
import { type Image } from "../images/recipe";
import { cacheDir } from "../paths";
import { step } from "../progress";
import { containerName, labLabel, registryAddress, registryUpload } from "./addresses";
import { ensureContainer } from "./container";
import { head } from "./http";
import { ensureRegistryAccess, type Access, type RegistryFiles, readRegistryAccess } from "./registry-access";

/** What the registry holds; in the cache, so that a lab from nothing need not build and upload it again. */
const folder = join(cacheDir, "registry");

/** Where the registry reads its certificate and its logins. */
const accessFolder = "/run/registry";

/**
 * The lab's registry, running and answering, with what its users have to know. It writes as the operator, who can clear the
 * cache again.
 */
export async function ensureRegistry(engine: Engine, image: Image): Promise<RegistryFiles> {
  const [address = "", port = ""] = registryAddress.split(":");
  await mkdir(folder, { recursive: true });
  const access = await ensureRegistryAccess();
  await removeOutdated(engine, image, access.changed);
  const [HostIp, HostPort] = registryUpload.split(":");
  await ensureContainer(engine, {
    name: "registry",
    address,
    options: {
      Image: image.tag,
      User: `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`,
      ExposedPorts: { [`${port}/tcp`]: {} },
      HostConfig: {
        Binds: [`${folder}:/var/lib/registry`, `${access.folder}:${accessFolder}:ro`],
        PortBindings: { [`${port}/tcp`]: [{ HostIp, HostPort }] },
      },
    },
  });
  for (let waited = 0; waited < 20; waited += 0.1) {
    if ((await head(access, `https://${registryUpload}/v2/`))?.status === 200) return access;
    await sleep(100);
  }
  throw new Error("the lab's registry doesn't answer: docker logs farmstack-lab-registry");
}

/** A registry of another recipe, or with a certificate or login that were renewed, goes; what it holds is in the cache. */
async function removeOutdated({ client }: Engine, image: Image, changed: boolean): Promise<void> {
  const container = client.getContainer(containerName("registry"));
  const found = await container.inspect().catch((error: { statusCode?: number }) => {
    if (error.statusCode === 404) return undefined;
    throw error;
  });
  const isTheLabs = found !== undefined && labLabel in found.Config.Labels; // or ensureContainer says what is wrong
  if (isTheLabs && (changed || found.Config.Image !== image.tag))
    await container.remove({ force: true, v: true });
}

/**
 * Puts an image into the registry as `lab/<name>:<version>`, or as what `as` says, unless it is there. Gives its
 * digest (`sha256:…`). A second tag names the recipe, and so tells whether it is this very image.
 */
export async function publish(
  engine: Engine,
  name: keyof Images,
  as: { repo?: string; tag?: string } = {},
): Promise<string> {
  const image = labImages()[name];
  const { repo = `lab/${name}`, tag: version = image.version } = as;
  const recipe = image.tag.split(":")[1] as string;
  const access = await readRegistryAccess();
  const there = await digestOf(repo, recipe, access);
  if (there && there === (await digestOf(repo, version, access))) return there;

  await ensureImages(engine, [name]);
  return step(`Image ${repo}:${version}: publish`, async () => {
    for (const tag of [version, recipe]) {
      const upload = `${registryUpload}/${repo}`;
      await engine.client.getImage(image.tag).tag({ repo: upload, tag });
      await push(engine, `${upload}:${tag}`, access);
    }
    const digest = await digestOf(repo, version, access);
    if (!digest) throw new Error(`the lab's registry took ${repo}:${version} but doesn't have it`);
    return digest;
  });
}

/** Pushes an image that has the registry's name already. An engine does not ask who vouches for a registry on loopback. */
export async function push(engine: Engine, reference: string, access: Access): Promise<void> {
  const { username, password } = access;
  const authconfig = { username, password, serveraddress: registryUpload };
  await followBuild(engine, await engine.client.getImage(reference).push({ authconfig }));
}

/** Digest of an image in the registry; undefined when it isn't there. */
export async function digestOf(name: string, tag: string, access?: Access): Promise<string | undefined> {
  const url = `https://${registryUpload}/v2/${name}/manifests/${tag}`;
  const answer = await head(access ?? (await readRegistryAccess()), url, {
    Accept:
      "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json",
  });
  const digest = answer?.headers["docker-content-digest"];
  return answer?.status === 200 && typeof digest === "string" ? digest : undefined;
}
