import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { builtMongosh, mongoshBuild } from "../applications/mongosh";
import { builtProfileApp, profileAppBuild } from "../applications/profile-app";
import { mongoshVersion, profileAppVersions } from "../applications/versions";
import { type Engine } from "../docker";
import { buildName, type ModuleName } from "../kubernetes/modules";
import { versions } from "../kubernetes/versions";
import { builtElasticsearch, elasticsearchBuild } from "../logging/elasticsearch";
import { loggingVersions } from "../logging/versions";
import { cacheDir } from "../paths";
import { step } from "../progress";
import { baseImage, makeBase, type Release } from "./base";
import { buildImage, followBuild } from "./build";
import { imageOf, type Image } from "./recipe";

/** The lab's images by what they are for. */
export interface Images {
  /** A machine with systemd and sshd, and nothing that the program is to install. */
  host: Image;
  /** The lab's registry. */
  registry: Image;
  /** All daemons of Ceph, and its command line. */
  ceph: Image;
  /** A newer Ceph, of the next Debian, to upgrade to. */
  "ceph-next": Image;
  /** All programs of Kubernetes and etcd by their names, and nothing else. */
  kubernetes: Image;
  /** The same on Debian, with the tools that kube-proxy calls. */
  "kube-proxy": Image;
  /** Both under the next version. */
  "kubernetes-next": Image;
  "kube-proxy-next": Image;
  /** flanneld, and the CNI plugin to copy from it. */
  flannel: Image;
  coredns: Image;
  pause: Image;
  /** Speaks MongoDB's protocol. */
  ferretdb: Image;
  /** MongoDB's shell, mongodump and mongorestore. */
  "mongodb-tools": Image;
  "metrics-server": Image;
  /** The application of examples/profile-app. */
  "profile-app": Image;
  /** The same under another version. */
  "profile-app-next": Image;
  elasticsearch: Image;
  filebeat: Image;
  /** Takes Logstash's place. */
  "log-receiver": Image;
  nginx: Image;
}

/** What the lab itself runs; the stack's images are in its registry. */
const ownImages: (keyof Images)[] = ["registry", "host"];

/** Names and versions of the images, without a look at any engine. */
export function labImages(): Images {
  const base = baseImage();
  const on = (name: string, version: string) => imageOf(name, version, [base.tag]);
  const built = (name: string, version: string, modules: ModuleName[], others: string[] = []): Image => ({
    ...imageOf(name, version, [...modules.map(buildName), ...others]),
    modules,
  });
  const profileApp = (version: string): Image => ({
    ...imageOf("profile-app", version, [profileAppBuild(), base.tag]),
    build: builtProfileApp,
  });
  return {
    host: on("host", "12"),
    registry: on("registry", "2.8.2"),
    ceph: on("ceph", "16.2.15"),
    "ceph-next": { ...imageOf("ceph-next", "18.2.7", [baseImage("trixie").tag]), release: "trixie" },
    kubernetes: built("kubernetes", versions.kubernetes, ["kubernetes"]),
    "kube-proxy": built("kube-proxy", versions.kubernetes, ["kubernetes"], [base.tag]),
    "kubernetes-next": built("kubernetes", versions.kubernetesNext, ["kubernetes-next"]),
    "kube-proxy-next": built("kube-proxy", versions.kubernetesNext, ["kubernetes-next"], [base.tag]),
    flannel: built("flannel", versions.flannel, ["addons", "cni"], [base.tag]),
    coredns: built("coredns", versions.coredns, ["addons"]),
    pause: built("pause", versions.pause, ["addons"]),
    ferretdb: built("ferretdb", versions.ferretdb, ["ferretdb"]),
    "metrics-server": built("metrics-server", versions.metricsServer, ["metrics-server"]),
    "mongodb-tools": {
      ...built("mongodb-tools", mongoshVersion, ["mongo-tools"], [mongoshBuild(), base.tag]),
      build: builtMongosh,
    },
    "profile-app": profileApp(profileAppVersions.current),
    "profile-app-next": profileApp(profileAppVersions.next),
    elasticsearch: {
      ...imageOf("elasticsearch", loggingVersions.elasticsearch, [elasticsearchBuild(), base.tag]),
      build: builtElasticsearch,
    },
    filebeat: built("filebeat", loggingVersions.filebeat, ["filebeat"], [base.tag]),
    "log-receiver": built("log-receiver", loggingVersions.receiver, ["receiver"]),
    nginx: on("nginx", loggingVersions.nginx),
  };
}

/**
 * Brings images into the engine: those that it lacks come from the cache, or are built from distribution packages and
 * Go modules.
 * @param names default: what the lab itself runs
 */
export async function ensureImages(engine: Engine, names: (keyof Images)[] = ownImages): Promise<Images> {
  const images = labImages();
  for (const name of names) {
    const image = images[name];
    if ((await has(engine, image)) || (await load(engine, image))) continue;
    const base = await ensureBase(engine, image.release);
    await step(`Image ${image.name} ${image.version}: build`, (note) =>
      buildImage(engine, image, base, note),
    );
    if (ownImages.includes(name)) await save(engine, image); // the registry keeps the others
  }
  return images;
}

async function ensureBase(engine: Engine, release?: Release): Promise<Image> {
  const base = baseImage(release);
  if (!(await has(engine, base)) && !(await load(engine, base))) {
    await step(`Image base ${base.version}: make`, (note) => makeBase(engine, base, note));
    await save(engine, base);
  }
  return base;
}

async function has(engine: Engine, image: Image): Promise<boolean> {
  return engine.client
    .getImage(image.tag)
    .inspect()
    .then(
      () => true,
      (error: { statusCode?: number }) => {
        if (error.statusCode === 404) return false;
        throw error;
      },
    );
}

const fileOf = (image: Image) =>
  join(cacheDir, "images", `${image.tag.replace("farmstack-lab/", "").replace(":", "-")}.tar`);

async function load(engine: Engine, image: Image): Promise<boolean> {
  const file = fileOf(image);
  if (!existsSync(file)) return false;
  await step(`Image ${image.name} ${image.version}: load`, async () => {
    await followBuild(engine, await engine.client.loadImage(createReadStream(file)));
  });
  if (await has(engine, image)) return true;
  await rm(file); // not what its name says
  return false;
}

/** A file that is being written has another name: what was cut is never taken for whole. */
async function save(engine: Engine, image: Image): Promise<void> {
  const file = fileOf(image);
  const writing = `${file}.${process.pid}`;
  await mkdir(join(cacheDir, "images"), { recursive: true });
  await step(`Image ${image.name} ${image.version}: keep`, async () => {
    await pipeline(await engine.client.getImage(image.tag).get(), createWriteStream(writing));
    await rename(writing, file);
  });
}
