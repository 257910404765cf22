import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { Writable } from "node:stream";
import { type Engine } from "../docker";
import { installPackages, isDebianRoot } from "../docker/install";
import { run } from "../run";
import { machineMirror, type Mirror } from "./apt-sources";
import { followBuild } from "./build";
import { imageOf, recipeFiles, type Image } from "./recipe";

/** Releases of Debian that images stand on: the first is that of the hosts. */
export type Release = "bookworm" | "trixie";

/** The base where this machine can't make one. */
const published = (release: string) => `debian:${release}-slim`;

/** The Debian that images stand on. */
export function baseImage(release: Release = "bookworm"): Image {
  const mirror = buildMirror();
  return imageOf("base", release, mirror ? [mirror.archive, mirror.security] : [published(release)]);
}

/** Only root on Debian can make a base; the packages come from where the machine's own come from. */
function buildMirror(): Mirror | undefined {
  return isDebianRoot() ? machineMirror() : undefined;
}

/** Makes the base from the machine's own mirror, or pulls the published one where that isn't possible. */
export async function makeBase(engine: Engine, image: Image, note: (text: string) => void): Promise<void> {
  const mirror = buildMirror();
  if (mirror) await bootstrap(engine, image, mirror, note);
  else await pull(engine, image);
}

async function bootstrap(
  engine: Engine,
  image: Image,
  mirror: Mirror,
  note: (text: string) => void,
): Promise<void> {
  await installPackages({ debootstrap: "debootstrap" });
  const folder = await mkdtemp(join(tmpdir(), "farmstack-base-"));
  try {
    const root = join(folder, "root");
    note("debootstrap");
    await run("debootstrap", ["--variant=minbase", image.version, root, mirror.archive], {
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    });
    const files = recipeFiles("base");
    const sources = (files["sources.list"] ?? "")
      .replaceAll("bookworm", image.version)
      .replaceAll("ARCHIVE", mirror.archive)
      .replaceAll("SECURITY", mirror.security);
    await writeFile(join(root, "etc/apt/sources.list"), sources);
    await writeFile(join(root, "etc/apt/apt.conf.d/90lab"), files["apt.conf"] ?? "");
    for (const path of ["var/cache/apt", "var/lib/apt/lists"]) {
      await rm(join(root, path), { recursive: true, force: true });
      await mkdir(join(root, path, "partial"), { recursive: true });
    }
    note("import");
    const tar = join(folder, "root.tar");
    await run("tar", ["-C", root, "--numeric-owner", "-cf", tar, "."]);
    const [repo, tag] = image.tag.split(":") as [string, string];
    await followBuild(engine, await engine.client.importImage(createReadStream(tar), { repo, tag }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function pull(engine: Engine, image: Image): Promise<void> {
  const name = published(image.version);
  try {
    await pipeline(
      await engine.client.pull(name),
      new Writable({ write: (_chunk, _encoding, done) => done() }),
    );
    const [repo, tag] = image.tag.split(":") as [string, string];
    await engine.client.getImage(name).tag({ repo, tag });
  } catch (error) {
    throw new Error(
      `the lab's images need ${name}, which this Docker engine can't pull, or root on Debian, where it is made from packages: ${(error as Error).message}`,
    );
  }
}
