import { access, chmod, copyFile, mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { projectRoot } from "../../lab/paths";
import { step } from "../../lab/progress";
import { run } from "../../lab/run";
import { archiveOwner } from "./archive";
import { Cluster } from "./cluster";
import { type Manifest, manifestFile, parts } from "./manifest";
import { copyStore, type Quorum, spareMonitor, waitForQuorum } from "./monitor-copy";
import { exitCodes, Refusal } from "../outcome";
import { type Stack } from "../stack";
import { sumOf } from "../sum";

export interface BackupOptions {
  /** Directory that is made for the backup; it must not be there yet. */
  directory: string;
  /** Program and first arguments of the Pulumi CLI, separated by spaces. @default "pulumi" */
  pulumi?: string;
  /** Whether the only monitor of a cluster may be stopped for a moment. */
  allowInterruption: boolean;
  /** Ends the copy; the monitor is started again and nothing is left. */
  signal?: AbortSignal;
}

export interface BackupResult {
  directory: string;
  manifest: Manifest;
  /** What to type to add the state; undefined when it is in the backup. */
  stateByHand?: string;
}

/**
 * Saves what can't be made again: the stack's state and file, and the store of one monitor. The directory gets its
 * name when everything is in it. Throws a Refusal before anything is stopped when the directory is there, or no
 * monitor can be spared.
 */
export async function backup(stack: Stack, options: BackupOptions): Promise<BackupResult> {
  const directory = resolve(options.directory);
  const partial = `${directory}.partial`;
  await makePartial(directory, partial);
  const { monitor, cluster, ...result } = await fill(stack, partial, options)
    .then(async (filled) => {
      await refuseExisting(directory);
      await rename(partial, directory);
      return filled;
    })
    .catch(async (error: Error) => {
      await rm(partial, { recursive: true, force: true });
      throw error;
    });
  await waitForQuorum(monitor, cluster);
  return { directory, ...result };
}

async function fill(stack: Stack, partial: string, { pulumi, allowInterruption, signal }: BackupOptions) {
  const stateByHand = await exportState(stack, join(partial, parts.state), pulumi ?? "pulumi");
  await copyFile(stack.file, join(partial, parts.stackFile));
  await chmod(join(partial, parts.stackFile), 0o600);

  const cluster = new Cluster(stack);
  const [{ fsid }, quorum, { epoch }, { version }] = await step("asking the cluster", () =>
    cluster.ask<[{ fsid: string }, Quorum, { epoch: number }, { version: string }]>(
      ...(["status", "quorum_status", "osd dump", "version"] as const),
    ),
  );
  const monitor = await spareMonitor(stack, cluster, quorum, allowInterruption);
  const time = new Date().toISOString();
  const archive = join(partial, parts.store);
  const store = await copyStore(stack, monitor, archive, signal);
  const owner = await archiveOwner(archive);

  const manifest: Manifest = {
    format: 1,
    stack: stack.name,
    time,
    fsid,
    monitor: monitor.name,
    monitors: quorum.monmap.mons.map(({ name }) => name).sort(),
    epochs: { monmap: quorum.monmap.epoch, osdmap: epoch },
    cephVersion: version,
    owner,
    files: {
      [parts.state]: stateByHand === undefined ? await sumOf(join(partial, parts.state)) : undefined,
      [parts.stackFile]: await sumOf(join(partial, parts.stackFile)),
      [parts.store]: store,
    },
  };
  await writeFile(join(partial, manifestFile), `${JSON.stringify(manifest, undefined, 2)}\n`, {
    mode: 0o600,
  });
  for (const file of [...Object.values(parts), manifestFile]) await toDisk(join(partial, file));
  return { monitor, cluster, manifest, stateByHand };
}

async function makePartial(directory: string, partial: string): Promise<void> {
  await refuseExisting(directory);
  await mkdir(dirname(directory), { recursive: true });
  await mkdir(partial, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "EEXIST"
      ? new Refusal(`${partial} is there: another backup is at work, or one was cut. Remove it if none is.`)
      : error;
  });
}

async function refuseExisting(directory: string): Promise<void> {
  const there = await access(directory).then(
    () => true,
    () => false,
  );
  if (there)
    throw new Refusal(`${directory} is there already; a backup is never overwritten: name another directory`);
}

/** Exports the state, with its secrets encrypted as they are. Gives what to type when there is no Pulumi. */
async function exportState(stack: Stack, file: string, command: string): Promise<string | undefined> {
  const [program = "", ...first] = command.split(" ").filter(Boolean);
  const args = ["stack", "export", "--stack", stack.name, "--file"];
  try {
    await step("exporting the state", () =>
      run(program, [...first, ...args, file], { cwd: projectRoot, timeout: 300_000 }),
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return `${[program, ...first, ...args].join(" ")} ${parts.state}`;
  }
  await chmod(file, 0o600);
  return undefined;
}

async function toDisk(file: string): Promise<void> {
  const handle = await open(file).catch(() => undefined); // the state may be missing
  await handle?.sync();
  await handle?.close();
}

export const backupExitCode = ({ stateByHand }: BackupResult): number =>
  stateByHand === undefined ? exitCodes.done : exitCodes.unfinished;

export function renderBackup({ directory, manifest, stateByHand }: BackupResult): string {
  const { monitor, epochs, files } = manifest;
  const size = ((files[parts.store]?.bytes ?? 0) / 1024 / 1024).toFixed(1);
  return [
    `${directory}: the store of mon.${monitor} (${size} MiB, osdmap ${epochs.osdmap}), the stack's file${stateByHand === undefined ? " and its state" : ""}.`,
    "It has the cluster's keys in clear: keep it as you keep a password, and not on these hosts.",
    ...(stateByHand === undefined
      ? []
      : [
          `The state is NOT in it, as there is no Pulumi here. Where there is one, export it and keep it with the rest:\n  ${stateByHand}`,
        ]),
  ].join("\n");
}
