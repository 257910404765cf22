import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { healthScript } from "../../components/harbor/scripts";
import { quote } from "../../components/hosts/shell";
import { step } from "../../lab/progress";
import { send, shellCommand } from "../connection";
import { Refusal } from "../outcome";
import { type Stack } from "../stack";
import { dumpScript } from "./backup";
import { containerOf, dataVersion, inside, type Instance, instanceOf, listLayers, writers } from "./instance";
import { type Manifest, parts, readBackup } from "./manifest";

export interface RestoreOptions {
  /** Directory that `backup` made. */
  directory: string;
  /** Whether to go on although Harbor has another key than the backup. */
  otherKey: boolean;
  /** Whether to go on without a question. */
  yes: boolean;
  /** Asks on the terminal; undefined when there is none. */
  ask: ((question: string) => Promise<string>) | undefined;
}

export interface RestoreResult {
  directory: string;
  manifest: Manifest;
  /** Where on the host the database is as it was before. */
  before: string;
  /** Layers of the backup's list that are not there; undefined: they are in a bucket. */
  missingLayers: string[] | undefined;
}

/** Puts the saved database in the place of Harbor's. Throws a Refusal when nothing was changed. */
export async function restore(stack: Stack, options: RestoreOptions): Promise<RestoreResult> {
  const instance = instanceOf(stack);
  const directory = resolve(options.directory);
  const manifest = await step("comparing the backup with its sums", () => readBackup(directory));
  await refuseOthers(instance, manifest, directory, options.otherKey);
  if (!options.yes) await confirm(stack, manifest, options.ask);

  const before = `${instance.directory}/before-restore-${new Date().toISOString().replace(/[-:]|\.\d+/g, "")}.dump`;
  await step("saving the database as it is", () =>
    inside(instance, `umask 077\n${dumpScript} >${quote(before)}\nsync -f ${quote(before)}`, 3_600_000),
  );
  await step("stopping what writes", () =>
    inside(instance, `docker stop --time 60 ${writers.join(" ")}`, 300_000),
  );
  try {
    await step("restoring the database", () =>
      send(instance.host, restoreScript, join(directory, parts.database)),
    );
  } catch (error) {
    throw new Error(
      `${(error as Error).message}\nHarbor is stopped. Its database as it was: ${before} on ${instance.host.name}. Run this again, or start it: ${shellCommand(instance.host, `docker start ${[...writers].reverse().join(" ")}`)}`,
      { cause: error },
    );
  }
  await step("starting Harbor", () => inside(instance, startScript(instance), 900_000));
  return { directory, manifest, before, missingLayers: await missingLayers(instance, directory) };
}

/** The database's server, its users and its password stay as they are. */
export const restoreScript = `set -e
psql() { docker exec ${containerOf("database")} psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username postgres --dbname postgres --command "$1" >/dev/null; }
psql "DROP DATABASE IF EXISTS registry_restored WITH (FORCE)"
psql "CREATE DATABASE registry_restored"
docker exec --interactive ${containerOf("database")} pg_restore --username postgres --dbname registry_restored --exit-on-error --no-owner
psql "DROP DATABASE registry WITH (FORCE)"
psql "ALTER DATABASE registry_restored RENAME TO registry"`;

const startScript = ({ host }: Instance): string =>
  [...writers]
    .reverse()
    .map((container) => {
      const look = (name: string) => shellCommand(host, `docker logs --tail 50 ${name}`);
      return `docker start ${container} >/dev/null\n${healthScript({ containers: [container], because: "restore", patience: 300, look })}`;
    })
    .join("");

async function refuseOthers(
  instance: Instance,
  manifest: Manifest,
  directory: string,
  otherKey: boolean,
): Promise<void> {
  const { stack, ownDatabase } = instance;
  if (manifest.stack !== stack.name)
    throw new Refusal(`${directory} is a backup of stack ${manifest.stack}, not of ${stack.name}`);
  if (!ownDatabase || !manifest.files[parts.database])
    throw new Refusal(
      `${ownDatabase ? directory : "harbor.database"} has no database of Harbor's own: restore it by its own means`,
    );
  const version = await dataVersion(instance);
  if (version !== manifest.version)
    throw new Refusal(
      `${directory} is of Harbor ${manifest.version}, and ${instance.host.name} has ${version}. For an older one see docs/harbor.md, "Back from an upgrade"`,
    );
  const saved = (await readFile(join(directory, parts.key), "utf8")).trim();
  const present = (await inside(instance, `docker exec ${containerOf("core")} cat /etc/core/key`)).trim();
  if (saved !== present && !otherKey)
    throw new Refusal(
      "Harbor has another key than the backup: it could not read the passwords of other registries that are in it. Bring back the stack's state, or go on with --other-key and give them anew",
    );
}

async function confirm(stack: Stack, manifest: Manifest, ask: RestoreOptions["ask"]): Promise<void> {
  if (!ask)
    throw new Refusal(
      "a restore takes back what was done since the backup: there is no terminal to ask on, and --yes was not given. Nothing was changed.",
    );
  const answer = await ask(`The database of ${manifest.time} goes in the place of what Harbor has.
- Harbor is away for that time, and knows nothing of what was pushed since.
- Its database as it is now is saved first.
Type the name of the stack (${stack.name}) to go on: `);
  if (answer.trim() !== stack.name) throw new Refusal("that is not its name; nothing was changed");
}

async function missingLayers(instance: Instance, directory: string): Promise<string[] | undefined> {
  const list = await readFile(join(directory, parts.layers), "utf8").catch(() => undefined);
  if (list === undefined || !instance.layers) return undefined;
  const { layers } = instance;
  const there = await step("looking for the layers", () => inside(instance, listLayers(layers), 3_600_000));
  const present = new Set(there.split("\n"));
  return list.split("\n").filter((line) => line !== "" && !present.has(line));
}

export function renderRestore({ manifest, before, missingLayers: missing }: RestoreResult): string {
  return [
    `Harbor has its database of ${manifest.time}. As it was before: ${before} on its host.`,
    ...(missing && missing.length > 0
      ? [
          `${missing.length} layers of then are not there, such as ${missing.slice(0, 3).join(", ")}: copy them back.`,
        ]
      : []),
    `What the stack declares may be newer than the database: run pulumi up --refresh --stack ${manifest.stack}`,
  ].join("\n");
}
