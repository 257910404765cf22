import { setTimeout as sleep } from "node:timers/promises";
import { step } from "../../lab/progress";
import { Cluster } from "./cluster";
import { type DrainFacts, drainProblems } from "./drain-checks";
import { type DrainState, drainState, type ProgressAnswers, renderProgress } from "./drain-progress";
import { matchOsd } from "./osd-number";
import { declaredOsd, findOsds } from "./osds";
import { exitCodes, Interrupted, Refusal } from "../outcome";
import { type Stack } from "../stack";

export interface DrainOptions {
  /** Name of the host, as in the stack's file. */
  host: string;
  /** Device or file, as in `ceph.osds`. */
  device: string;
  /** Marks the OSD in again, and waits for nothing. */
  undo: boolean;
  /** Seconds to wait until it is drained. @default for as long as it takes */
  timeout?: number;
  /** Ends the waiting; the cluster goes on. */
  signal?: AbortSignal;
  /** Milliseconds between two looks. @default 5000 */
  interval?: number;
}

export interface DrainResult {
  osd: number;
  host: string;
  device: string;
  /** drained: safe to destroy; draining: time was over; in: was marked in again. */
  state: "drained" | "draining" | "in";
  /** How long this run waited. */
  seconds: number;
}

/**
 * Moves all data off an OSD: marks it out, and waits until the cluster can do without it. It keeps running and serves
 * its data meanwhile. A run that ends early leaves the cluster at work; the next one goes on. Throws a Refusal, before
 * anything is changed, when the data would have no safe place elsewhere.
 */
export async function drain(stack: Stack, options: DrainOptions): Promise<DrainResult> {
  const started = Date.now();
  const cluster = new Cluster(stack);
  const { number, isIn, facts } = await look(stack, cluster, options);
  const result = (state: DrainResult["state"]): DrainResult => ({
    osd: number,
    host: options.host,
    device: options.device,
    state,
    seconds: Math.round((Date.now() - started) / 1000),
  });
  if (options.undo) {
    await change(cluster, `osd in ${number}`);
    return result("in");
  }

  const problems = drainProblems(number, facts);
  if (problems.length > 0) throw new Refusal(refusal(number, options, isIn, problems));
  if (isIn) await change(cluster, `osd out ${number}`);
  const title = `draining OSD ${number} (${options.device} on ${options.host})`;
  const drained = await step(title, (note) => waitUntilDrained(number, cluster, options, note));
  return result(drained ? "drained" : "draining");
}

export const drainExitCode = ({ state }: DrainResult): number =>
  state === "draining" ? exitCodes.unfinished : exitCodes.done;

/** The number of the OSD, whether it is in, and all that is to be known before it is marked out. */
async function look(stack: Stack, cluster: Cluster, { host, device }: DrainOptions) {
  const declared = declaredOsd(stack, host, device);
  return step(`looking at ${device} on ${host}`, async () => {
    const [found, [status, dump, tree, rules, usage]] = await Promise.all([
      findOsds(stack, host),
      cluster.ask<
        [
          DrainFacts["status"],
          DrainFacts["dump"],
          DrainFacts["tree"],
          DrainFacts["rules"],
          DrainFacts["usage"],
        ]
      >("status", "osd dump", "osd tree", "osd crush rule dump", "osd df"),
    ]);
    const osd = withAdvice(cluster, () => matchOsd(declared, found, dump.osds, tree));
    return { number: osd.osd, isIn: osd.in === 1, facts: { status, dump, tree, rules, usage } };
  });
}

/** Says with the error how to find the number by hand, unless it is a Refusal. */
function withAdvice<T>(cluster: Cluster, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Error(`${(error as Error).message}. Its number is in: ${cluster.command("osd tree")}`);
  }
}

function refusal(number: number, { host, device }: DrainOptions, isIn: boolean, problems: string[]): string {
  const state = isIn ? "Nothing was changed." : "It is marked out already; --undo marks it in again.";
  return `OSD ${number} (${device} on ${host}) can't be drained now:\n${problems.map((problem) => `  ${problem}`).join("\n")}\n${state}`;
}

async function change(cluster: Cluster, command: string): Promise<void> {
  const { ok, said } = await cluster.tell(command);
  if (!ok) throw new Error(`ceph ${command}: ${said}`);
}

/** Seconds between two lines of progress. */
const lineInterval = 15;

async function waitUntilDrained(
  number: number,
  cluster: Cluster,
  { timeout = Infinity, signal, interval = 5000 }: DrainOptions,
  note: (text: string) => void,
): Promise<boolean> {
  const started = Date.now();
  let first: DrainState | undefined;
  let noted = -Infinity;
  for (;;) {
    const { usage, status, ok, said } = await lookOnce(number, cluster).catch((error: Error) => {
      throw signal?.aborted ? interrupted(number) : new Error(`${error.message}\n${goesOn(number)}`);
    });
    if (ok) return true;
    const now = drainState(number, { usage, status }, said, Date.now());
    first ??= now;
    if (now.at - noted >= lineInterval * 1000) {
      note(renderProgress(now, first));
      noted = now.at;
    }
    if (signal?.aborted) throw interrupted(number);
    if (Date.now() - started >= timeout * 1000) return false;
    await sleep(interval, undefined, { signal }).catch(() => {
      throw interrupted(number);
    });
  }
}

async function lookOnce(number: number, cluster: Cluster) {
  const [usage, status] = await cluster.ask<[ProgressAnswers["usage"], ProgressAnswers["status"]]>(
    "osd df",
    "status",
  );
  return { usage, status, ...(await cluster.tell(`osd safe-to-destroy ${number}`)) };
}

const goesOn = (number: number): string =>
  `The cluster goes on draining OSD ${number}; the same command again goes on waiting, --undo takes it back.`;
const interrupted = (number: number): Interrupted => new Interrupted(goesOn(number));

/** What came of it, and what is next. */
export function renderDrain({ osd, host, device, state, seconds }: DrainResult): string {
  const which = `OSD ${osd} (${device} on ${host})`;
  switch (state) {
    case "in":
      return `${which} is marked in; data moves back to it, which npm run ceph -- status shows.`;
    case "draining":
      return `${which} is not drained after ${seconds} s. ${goesOn(osd)}`;
    case "drained":
      return `${which} is drained: the cluster's data is safe without it.
Next: take its element out of ceph.osds in the stack's file, then pulumi up. It removes the container, and the OSD from the
cluster; what is on the device stays until you wipe it.`;
  }
}
