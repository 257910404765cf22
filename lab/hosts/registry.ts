import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Engine } from "../docker";
import { ensureImages, labImages, type Images } from "../images";
import { followBuild } from "../images/build";
import { type Image } from "../images/recipe";
import { cacheDir } from "../paths";
import { step } from "../progress";
import { registryAddress, registryUpload } from "./addresses";
import { ensureContainer } from "./container";
import { head } from "./http";

/** What the registry holds; in the cache, so that a lab from nothing need not build and upload it again. */
const folder = join(cacheDir, "registry");

/** The lab's registry, running and answering. It writes as the operator, who can clear the cache again. */
export async function ensureRegistry(engine: Engine, image: Image): Promise<void> {
  const [address = "", port = ""] = registryAddress.split(":");
  await mkdir(folder, { recursive: true });
  const [HostIp, HostPort] = registryUpload.split(":");
  await ensureContainer(engine, {
    name: "registry",
    address,
    options: {
      Image: image.tag,
      User: `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`,
      ExposedPorts: { [`${port}/tcp`]: {} },
      HostConfig: {
        Binds: [`${folder}:/var/lib/registry`],
        PortBindings: { [`${port}/tcp`]: [{ HostIp, HostPort }] },
      },
    },
  });
  for (let waited = 0; waited < 20; waited += 0.1) {
    if ((await head(`http://${registryUpload}/v2/`))?.status === 200) return;
    await sleep(100);
  }
  throw new Error("the lab's registry doesn't answer: docker logs farmstack-lab-registry");
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
  const there = await digestOf(repo, recipe);
  if (there && there === (await digestOf(repo, version))) return there;

  await ensureImages(engine, [name]);
  return step(`Image ${repo}:${version}: publish`, async () => {
    for (const tag of [version, recipe]) {
      const upload = `${registryUpload}/${repo}`;
      await engine.client.getImage(image.tag).tag({ repo: upload, tag });
      await followBuild(engine, await engine.client.getImage(`${upload}:${tag}`).push({ authconfig: {} }));
    }
    const digest = await digestOf(repo, version);
    if (!digest) throw new Error(`the lab's registry took ${repo}:${version} but doesn't have it`);
    return digest;
  });
}

/** Digest of an image in the registry; undefined when it isn't there. */
export async function digestOf(name: string, tag: string): Promise<string | undefined> {
  const answer = await head(`http://${registryUpload}/v2/${name}/manifests/${tag}`, {
    Accept:
      "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json",
  });
  const digest = answer?.headers["docker-content-digest"];
  return answer?.status === 200 && typeof digest === "string" ? digest : undefined;
}
