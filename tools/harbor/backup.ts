import { access, mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { step } from "../../lab/progress";
import { receive } from "../connection";
import { Interrupted, Refusal } from "../outcome";
import { type Stack } from "../stack";
import {
  containerOf,
  dataVersion,
  inside,
  type Instance,
  instanceOf,
  listLayers,
  markSaved,
} from "./instance";
import { type Manifest, manifestFile, parts } from "./manifest";

export interface BackupOptions {
  /** Directory that is made for the backup; it must not be there yet. */
  directory: string;
  /** That a database that is not Harbor's own was saved by its own means. */
  databaseSaved: boolean;
  /** Ends it; nothing is left. */
  signal?: AbortSignal;
}

export interface BackupResult {
  directory: string;
  manifest: Manifest;
  host: string;
  /** Where the layers are that are not in it; undefined: in a bucket. */
  layers: string | undefined;
}

/**
 * Saves the database, the key that it is encrypted with, and the list of layers, while Harbor runs; and notes on the host
 * which version was saved, which an upgrade asks for. The layers themselves stay where they are.
 */
export async function backup(stack: Stack, options: BackupOptions): Promise<BackupResult> {
  const instance = instanceOf(stack);
  if (!instance.ownDatabase && !options.databaseSaved)
    throw new Refusal(
      "harbor.database is not Harbor's own: save it by its own means, then run this again with --database-saved",
    );
  const directory = resolve(options.directory);
  await refuseExisting(directory);
  const partial = `${directory}.partial`;
  await mkdir(dirname(directory), { recursive: true });
  await mkdir(partial, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "EEXIST"
      ? new Refusal(`${partial} is there: another backup is at work, or one was cut. Remove it if none is.`)
      : error;
  });
  try {
    const manifest = await fill(instance, partial, options.signal);
    await rename(partial, directory);
    await inside(instance, markSaved(instance, manifest.version));
    return { directory, manifest, host: instance.host.name, layers: instance.layers };
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw options.signal?.aborted ? new Interrupted("the backup was ended; nothing was kept") : error;
  }
}

async function fill(instance: Instance, partial: string, signal?: AbortSignal): Promise<Manifest> {
  const { host, layers, ownDatabase, stack } = instance;
  const version = await step(`asking ${host.name}`, () => dataVersion(instance));
  const time = new Date().toISOString();
  const files: Manifest["files"] = {} as Manifest["files"];
  const save = async (part: keyof typeof parts, what: string, script: string) => {
    files[parts[part]] = await step(what, () => receive(host, script, join(partial, parts[part]), signal));
  };
  // First: what it names was pushed before, so the list that comes after has it.
  if (ownDatabase) await save("database", "saving the database", dumpScript);
  await save("key", "saving the key", `docker exec ${containerOf("core")} cat /etc/core/key`);
  if (layers) await save("layers", "listing layers", listLayers(layers));
  const manifest: Manifest = { format: 1, stack: stack.name, time, version, files };
  await writeFile(join(partial, manifestFile), `${JSON.stringify(manifest, undefined, 2)}\n`, {
    mode: 0o600,
  });
  for (const name of [...Object.keys(files), manifestFile]) {
    const handle = await open(join(partial, name));
    await handle.sync();
    await handle.close();
  }
  return manifest;
}

/** In PostgreSQL's own compressed form; its version is that of the server. */
export const dumpScript = `docker exec ${containerOf("database")} pg_dump --username postgres --format custom registry`;

async function refuseExisting(directory: string): Promise<void> {
  const there = await access(directory).then(
    () => true,
    () => false,
  );
  if (there)
    throw new Refusal(`${directory} is there already; a backup is never overwritten: name another directory`);
}

export function renderBackup({ directory, manifest, host, layers }: BackupResult): string {
  const bytes = manifest.files[parts.database]?.bytes;
  const database = bytes === undefined ? "" : `the database (${(bytes / 1024 / 1024).toFixed(1)} MiB), `;
  return [
    `${directory}: Harbor ${manifest.version} of stack ${manifest.stack}: ${database}its key${layers ? ", the list of layers" : ""}.`,
    "The key is in clear: keep it as you keep a password.",
    layers
      ? `The layers are not in it. They are in ${layers} on ${host}; copy them with what copies your files, from now on.`
      : "The layers are not in it: they are in the bucket.",
    `An upgrade from ${manifest.version} may begin within 24 hours.`,
  ].join("\n");
}
