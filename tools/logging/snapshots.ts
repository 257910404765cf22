import { step } from "../../lab/progress";
import { Refusal } from "../outcome";
import { type Stack } from "../stack";
import { table } from "../table";
import { askKeeper } from "./keeper";

export interface Snapshot {
  name: string;
  /** SUCCESS when it is whole. */
  state: string;
  /** ISO 8601. */
  time: string;
}

export interface SnapshotList {
  stack: string;
  /** Newest first. */
  snapshots: Snapshot[];
}

/** A snapshot and a restore of everything take their time. */
const sixHours = 6 * 3_600_000;

export async function listSnapshots(stack: Stack): Promise<SnapshotList> {
  demandRepository(stack);
  const printed = await askKeeper(stack, ["snapshots"]);
  const snapshots = printed.split("\n").flatMap((line): Snapshot[] => {
    const [name, state, seconds] = line.trim().split(" ");
    if (!name || !state || !seconds) return [];
    return [{ name, state, time: new Date(Number(seconds) * 1000).toISOString() }];
  });
  return { stack: stack.name, snapshots: snapshots.reverse() };
}

export const renderSnapshots = ({ snapshots }: SnapshotList): string =>
  snapshots.length === 0
    ? "there is no snapshot yet"
    : table([
        ["snapshot", "time", "state"],
        ...snapshots.map(({ name, time, state }) => [name, time, state]),
      ]);

export interface Done {
  stack: string;
  /** What was done, a line each. */
  done: string[];
}

/** Makes one more snapshot now. Those of the schedule are not counted with it, so it stays. */
export async function save(stack: Stack): Promise<Done> {
  demandRepository(stack);
  const time = new Date()
    .toISOString()
    .replaceAll(/[-:]|\.\d+/g, "")
    .toLowerCase();
  const printed = await step("saving the events", () =>
    askKeeper(stack, ["save", `manual-${time}`], { timeout: sixHours }),
  );
  return { stack: stack.name, done: doneIn(printed) };
}

/** Brings the events of a snapshot back, beside those that there are: as restored-SNAPSHOT-…. */
export async function restore(stack: Stack, snapshot: string): Promise<Done> {
  const { snapshots } = await listSnapshots(stack);
  const found = snapshots.find(({ name }) => name === snapshot);
  if (!found)
    throw new Refusal(`there is no snapshot ${snapshot}: npm run logging -- --stack ${stack.name} snapshots`);
  if (found.state !== "SUCCESS")
    throw new Refusal(`${snapshot} is not whole (${found.state}); nothing was changed`);
  const printed = await step(`restoring ${snapshot}`, () =>
    askKeeper(stack, ["restore", snapshot], { timeout: sixHours }),
  );
  return { stack: stack.name, done: doneIn(printed) };
}

const doneIn = (printed: string): string[] => printed.split("\n").filter(Boolean);
export const renderDone = ({ done }: Done): string => done.join("\n");

function demandRepository({ settings }: Stack): void {
  if (settings.logging.hosts.length > 0 && !settings.logging.repository)
    throw new Refusal("the log store has no snapshots: logging.repository is not set");
}
