import { step } from "../../lab/progress";
import { lastLine, onHost, type RemoteHost, send, shellCommand } from "../connection";
import { Interrupted, Refusal } from "../outcome";
import { hostsOf, type Stack } from "../stack";
import { type ControlPlane, lookAt } from "./look";
import {
  discardScript,
  kubeletScript,
  readyScript,
  receiveScript,
  type RestoreArgs,
  startScript,
  stopScript,
  swapScript,
  unpackScript,
} from "./scripts";
import { type SnapshotFile, withSnapshot } from "./snapshot-file";
import { controlPlanesOf, mebibytes, timeOf } from "./snapshots";

export interface RestoreOptions {
  /** Name of a snapshot that a control plane has, or a file of this machine (with a slash). */
  snapshot: string;
  /** Whether to go on without a question. */
  yes: boolean;
  /** Asks on the terminal; undefined when there is none. */
  ask: ((question: string) => Promise<string>) | undefined;
  /** Heard until the control plane is stopped. */
  signal?: AbortSignal;
}

export interface RestoreResult {
  stack: string;
  snapshot: string;
  /** ISO 8601, from the snapshot's name. */
  time: string | undefined;
  /** Host → directory with the data that it had; hosts without any are left out. */
  kept: Record<string, string>;
  /** Whether revisions were raised, so that whoever watches the cluster notices. */
  bumped: boolean;
  /** Nodes whose kubelet could not be restarted, and why. */
  problems: string[];
}

/**
 * Gives all members of etcd the data of a snapshot. What can fail is done beside the data that is in use, before
 * anything is stopped; the old data is kept. Throws a Refusal when nothing was changed, and else an error that says how
 * to go on: the same command again does all of it again, from whatever state.
 */
export async function restore(stack: Stack, options: RestoreOptions): Promise<RestoreResult> {
  const hosts = hostsOf(stack, controlPlanesOf(stack));
  return withSnapshot(stack, options.snapshot, options.signal, (snapshot) =>
    restoreFrom(stack, hosts, snapshot, options),
  );
}

const interrupted = () => new Interrupted("the restore was ended; nothing was changed");

async function restoreFrom(
  stack: Stack,
  hosts: RemoteHost[],
  snapshot: SnapshotFile,
  { snapshot: named, yes, ask, signal }: RestoreOptions,
): Promise<RestoreResult> {
  const planes = await lookAt(hosts, snapshot);
  if (!yes) await confirm(stack, planes, snapshot, ask);
  const stopIfAsked = () => {
    if (signal?.aborted) throw interrupted();
  };

  const now = new Date();
  const time = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const bumped = planes.every(({ canBump }) => canBump);
  const args: RestoreArgs = {
    members: planes,
    token: `farmstack-${time}`,
    // Milliseconds: no cluster writes so often that a later restore could stay behind an earlier one.
    bump: bumped ? now.getTime() : undefined,
  };
  try {
    stopIfAsked();
    await step(`sending the snapshot to ${names(planes)}`, () =>
      inTurn(planes, ({ host }) => send(host, receiveScript(snapshot.sha256), snapshot.path)),
    );
    await step("making the data of each member", () =>
      inTurn(planes, async (plane) => void (await must(plane.host, unpackScript(plane, args), 600))),
    );
    stopIfAsked();
  } catch (error) {
    await Promise.allSettled(planes.map(({ host }) => onHost(host, discardScript)));
    if (signal?.aborted) throw interrupted(); // which ends ssh as well
    throw new Error(`${messageOf(error)}\nNothing was changed${leftStopped(planes)}`);
  }
  const again = `The data of etcd that was there is kept beside it (docs/kubernetes.md, "Restore"). To go on, when the reason is gone: npm run kubernetes -- --stack ${stack.name} restore ${named}`;
  await stopAll(planes, again);
  const kept = await step("putting the data in place", () => swapAll(planes, time)).catch(
    (error: unknown) => {
      throw new Error(`${messageOf(error)}\nThe control plane is stopped. ${again}`);
    },
  );
  await step("starting the control plane", async () => {
    await all(planes, ({ host }) => must(host, startScript));
    await all(planes, ({ host }) => must(host, readyScript(host.address), 1000));
  }).catch((error: unknown) => {
    throw new Error(`${messageOf(error)}\nThe snapshot is in place on all hosts. ${again}`);
  });
  return {
    stack: stack.name,
    snapshot: snapshot.name,
    time: timeOf(snapshot.name),
    kept,
    bumped,
    problems: await restartKubelets(
      hostsOf(stack, [...controlPlanesOf(stack), ...stack.settings.kubernetes.workers]),
    ),
  };
}

const names = (planes: ControlPlane[]): string => planes.map(({ host }) => host.name).join(", ");
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Throws a Refusal unless the operator types the name of the stack. */
async function confirm(
  stack: Stack,
  planes: ControlPlane[],
  { name, bytes }: SnapshotFile,
  ask: RestoreOptions["ask"],
): Promise<void> {
  if (!ask)
    throw new Refusal(
      "a restore takes back all that happened in the cluster since the snapshot: there is no terminal to ask on, and --yes was not given. Nothing was changed.",
    );
  const answer =
    await ask(`${name} (${timeOf(name) ?? "no time in its name"}, ${mebibytes(bytes)}) goes in the place of the data of etcd on ${names(planes)}.
- Whatever was made, changed or deleted in the cluster since then is as it was. Pods that it does not know are ended.
- The API does not answer meanwhile, for some minutes. Pods run on.
- The data that is there now is kept beside it.${
      planes.some(({ stopped }) => stopped)
        ? "\nA restore before this one was cut: the control plane is stopped."
        : ""
    }
Type the name of the stack (${stack.name}) to go on: `);
  if (answer.trim() !== stack.name) throw new Refusal("that is not its name; nothing was changed");
}

/**
 * Stops the control plane on all hosts. When that fails on one, it is started again on all, unless it was stopped
 * before: then some members may have the new data already.
 */
async function stopAll(planes: ControlPlane[], again: string): Promise<void> {
  await step("stopping the control plane", () =>
    all(planes, ({ host }) => must(host, stopScript, 400)),
  ).catch(async (error: unknown) => {
    if (planes.some(({ stopped }) => stopped))
      throw new Error(`${messageOf(error)}\nThe control plane is stopped, as it was before. ${again}`);
    const started = await Promise.allSettled(planes.map(({ host }) => must(host, startScript)));
    await Promise.allSettled(planes.map(({ host }) => onHost(host, discardScript)));
    const still = planes.filter((_, index) => started[index]?.status === "rejected");
    throw new Error(
      `${messageOf(error)}\nNo data was changed, and the control plane was started again${
        still.length > 0
          ? `, but on ${names(still)} that is to be done by hand: ${still.map(({ host }) => shellCommand(host, startByHand)).join("; ")}`
          : ""
      }.`,
    );
  });
}

const startByHand = "'mv /etc/kubernetes/farmstack-stopped/* /etc/kubernetes/manifests/'";

/** For a failure before anything was stopped: one that was cut before may have left it so. */
const leftStopped = (planes: ControlPlane[]): string => {
  const stopped = planes.filter((plane) => plane.stopped);
  return stopped.length > 0
    ? `; as before, the control plane is stopped on ${names(stopped)}: run the restore again.`
    : ".";
};

async function swapAll(planes: ControlPlane[], time: string): Promise<Record<string, string>> {
  const kept = await all(planes, async ({ host }) => [
    host.name,
    (await must(host, swapScript(time))).trim(),
  ]);
  return Object.fromEntries(kept.filter(([, directory]) => directory !== "")) as Record<string, string>;
}

/** Restarts the kubelet of each node, and gives what went wrong; it is no reason to do the rest again. */
async function restartKubelets(nodes: RemoteHost[]): Promise<string[]> {
  const results = await step("restarting the kubelets", () =>
    Promise.allSettled(nodes.map((host) => must(host, kubeletScript))),
  );
  return results.flatMap((result, index) => {
    const host = nodes[index];
    return result.status === "rejected" && host
      ? [
          `the kubelet of ${host.name} was not restarted: ${messageOf(result.reason)}. ${shellCommand(host, "systemctl restart kubelet")}`,
        ]
      : [];
  });
}

/** Runs a script, `timeout` in seconds, and gives what it printed. Throws with the host's name when it fails. */
async function must(host: RemoteHost, script: string, timeout = 90): Promise<string> {
  const { code, stdout, stderr } = await onHost(host, script, timeout * 1000);
  if (code !== 0) throw new Error(`${host.name}: ${lastLine(stderr)}`);
  return stdout;
}

async function inTurn(planes: ControlPlane[], work: (plane: ControlPlane) => Promise<void>): Promise<void> {
  for (const plane of planes) await work(plane);
}

/** Works on all hosts at once, and waits for all of them also when one fails. Throws with all failures. */
async function all<T>(planes: ControlPlane[], work: (plane: ControlPlane) => Promise<T>): Promise<T[]> {
  const results = await Promise.allSettled(planes.map(work));
  const failures = results.flatMap((result) =>
    result.status === "rejected" ? [messageOf(result.reason)] : [],
  );
  if (failures.length > 0) throw new Error(failures.join("\n"));
  return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}

export function renderRestore({ stack, snapshot, time, kept, bumped, problems }: RestoreResult): string {
  return [
    `The cluster is as ${snapshot} has it${time ? ` (${time})` : ""}, and its API is ready on all control planes.`,
    ...Object.entries(kept).map(([host, directory]) => `${host} keeps what was there in ${directory}.`),
    ...(bumped
      ? []
      : [
          "This etcdutl can't raise revisions: programs that watch the cluster may not notice that it is another. Restart them, flannel and CoreDNS too.",
        ]),
    ...problems.map((problem) => `! ${problem}`),
    `Next: kubectl get nodes,pods --all-namespaces; pulumi up --refresh --stack ${stack} makes again what it made since then.`,
  ].join("\n");
}
