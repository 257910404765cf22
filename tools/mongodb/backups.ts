import { step } from "../../lab/progress";
import { mebibytes } from "../kubernetes/snapshots";
import { Refusal } from "../outcome";
import { type Stack } from "../stack";
import { table } from "../table";
import { databaseOf } from "./databases";
import { type JobOptions, runBackupJob } from "./job";

export interface DatabaseBackup {
  name: string;
  /** ISO 8601, from its name. */
  time: string;
  bytes: number;
}

export interface BackupList {
  stack: string;
  database: string;
  /** Newest first. */
  backups: DatabaseBackup[];
}

/** The backups of a database. */
export async function listBackups(stack: Stack, database: string, options?: JobOptions): Promise<BackupList> {
  const log = await step(`asking for backups of ${database}`, () =>
    runBackupJob(stack, database, ["list"], options),
  );
  const backups = log.split("\n").flatMap((line) => backupOf(line) ?? []);
  return { stack: stack.name, database, backups: backups.sort((a, b) => b.time.localeCompare(a.time)) };
}

function backupOf(line: string): DatabaseBackup | undefined {
  const [, bytes, name, ...time] =
    /^(\d+) ([\w-]+-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.archive\.gz)$/.exec(line) ?? [];
  if (name === undefined) return undefined;
  return {
    name,
    bytes: Number(bytes),
    time: `${time.slice(0, 3).join("-")}T${time.slice(3).join(":")}Z`,
  };
}

export const renderBackups = ({ database, backups }: BackupList): string =>
  backups.length === 0
    ? `${database} has no backups yet`
    : table([
        ["backup", "time", "size"],
        ...backups.map(({ name, time, bytes }) => [name, time, mebibytes(bytes)]),
      ]);

export interface WorkResult {
  stack: string;
  database: string;
  /** What was done, a line each. */
  done: string[];
}

/** Makes one more backup now. */
export async function backup(stack: Stack, database: string, options?: JobOptions): Promise<WorkResult> {
  const log = await step(`saving ${database}`, () => runBackupJob(stack, database, ["backup"], options));
  return { stack: stack.name, database, done: doneIn(log) };
}

export interface DatabaseRestoreOptions extends JobOptions {
  /** Name of a backup. */
  backup: string;
  /** Whether to go on without a question. */
  yes: boolean;
  /** Asks on the terminal; undefined when there is none. */
  ask: ((question: string) => Promise<string>) | undefined;
}

/** Puts a backup in the place of what the database has; that is saved first. Throws a Refusal when nothing was changed. */
export async function restore(
  stack: Stack,
  database: string,
  { backup: named, yes, ask, ...options }: DatabaseRestoreOptions,
): Promise<WorkResult> {
  databaseOf(stack, database);
  if (!/^[\w-]+\.archive\.gz$/.test(named))
    throw new Refusal(
      `${named} is no name of a backup: npm run mongodb -- --stack ${stack.name} backups ${database}`,
    );
  if (!yes) await confirm(stack, database, named, ask);
  const log = await step(`restoring ${database}`, () =>
    runBackupJob(stack, database, ["restore", named], options),
  );
  return { stack: stack.name, database, done: doneIn(log) };
}

async function confirm(
  stack: Stack,
  database: string,
  named: string,
  ask: DatabaseRestoreOptions["ask"],
): Promise<void> {
  if (!ask)
    throw new Refusal(
      "a restore takes back what was written since the backup: there is no terminal to ask on, and --yes was not given. Nothing was changed.",
    );
  const answer = await ask(`${named} goes in the place of what ${database} has.
- Collections that are in it are dropped and filled again; others, and users, stay as they are.
- What applications write meanwhile may be lost: stop them, if that matters.
- The database as it is now is saved first, as before-restore-….
Type the name of the stack (${stack.name}) to go on: `);
  if (answer.trim() !== stack.name) throw new Refusal("that is not its name; nothing was changed");
}

/** The script's own lines, not those of the programs that it runs. */
const doneIn = (log: string): string[] =>
  log.split("\n").filter((line) => /^(saved|removed|restored) \S+$/.test(line));

export const renderWork = ({ done }: WorkResult): string => done.join("\n");
