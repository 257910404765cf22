import { setTimeout as sleep } from "node:timers/promises";
import { containerName } from "../../components/ceph/daemons";
import { quote } from "../../components/hosts/shell";
import { step } from "../../lab/progress";
import { type Cluster } from "./cluster";
import { lastLine, onHost, receive, type RemoteHost, shellCommand } from "../connection";
import { Interrupted, Refusal } from "../outcome";
import { hostsOf, type Stack } from "../stack";

/** Longest time that a monitor is stopped for its copy, seconds; also when the connection hangs. */
const longestCopy = 900;

/** What `quorum_status` answers, as far as it is used. */
export interface Quorum {
  quorum_names: string[];
  quorum_leader_name: string;
  monmap: { epoch: number; mons: { name: string }[] };
}

/**
 * The monitor that may be stopped for a moment: in the quorum, not its leader, and the cluster says that it can do
 * without it. Throws a Refusal when there is none. A single monitor can be had only with `allowInterruption`.
 */
export async function spareMonitor(
  stack: Stack,
  cluster: Cluster,
  quorum: Quorum,
  allowInterruption: boolean,
): Promise<RemoteHost> {
  const { quorum_names: names, quorum_leader_name: leader, monmap } = quorum;
  const declared = hostsOf(stack, stack.settings.ceph.monitors);
  if (monmap.mons.length === 1) {
    const [only] = declared;
    if (only?.name !== leader) throw new Refusal(`the monitor ${leader} is none of stack ${stack.name}'s`);
    if (!allowInterruption)
      throw new Refusal(
        `${leader} is the only monitor: clients and daemons wait while its store is copied. Add --allow-interruption if they may.`,
      );
    return only;
  }
  const reasons: string[] = [];
  for (const host of declared.filter(({ name }) => names.includes(name) && name !== leader)) {
    const { ok, said } = await cluster.tell(`mon ok-to-stop ${host.name}`);
    if (ok) return host;
    reasons.push(`${host.name}: ${lastLine(said)}`);
  }
  throw new Refusal(
    `no monitor can be stopped now for a copy of its store: ${reasons.join("; ") || `none but the leader ${leader} is in the quorum`}. Look at: ${cluster.command("quorum_status")}`,
  );
}

/**
 * Script that stops a monitor, prints an archive of its store, and starts it again whatever happens: also when the
 * archive fails, when nobody reads it any more because the connection is cut, or when the script itself is ended.
 */
export function copyScript(container: string, store: string): string {
  return `
container=${quote(container)}
store=${quote(store)}
if [ ! -d "$store/store.db" ]; then
  echo "$store is not the store of a monitor; nothing was stopped" >&2
  exit 1
fi
copy=
start_again() {
  trap '' HUP INT TERM PIPE
  [ -z "$copy" ] || kill "$copy" 2>/dev/null || true
  docker start "$container" >/dev/null 2>&1 || { sleep 5; docker start "$container" >/dev/null; }
}
trap start_again EXIT
trap 'exit 1' HUP INT TERM PIPE
docker stop "$container" >/dev/null
# In the background, so that a signal is heard at once and not when the archive is done.
timeout ${longestCopy} tar --create --gzip --numeric-owner --directory "$store" . &
copy=$!
status=0
wait "$copy" || status=$?
copy=
if [ "$status" != 0 ]; then
  echo "no whole archive of $store: tar ended with $status (124: it took more than ${longestCopy} s)" >&2
  exit 1
fi
`;
}

/** Directory on the host that has a monitor's store. */
export const monitorStore = ({ settings }: Stack, monitor: string): string =>
  `${settings.dataDirectory}/ceph/mon-${monitor}`;

/** Copies a monitor's store into a file. The monitor runs again afterwards, also when the copy fails or `signal` ends it. */
export async function copyStore(
  stack: Stack,
  host: RemoteHost,
  file: string,
  signal?: AbortSignal,
): Promise<{ sha256: string; bytes: number }> {
  const container = containerName("mon", host.name);
  const copied = await step(`copying the store of mon.${host.name}`, () =>
    receive(host, copyScript(container, monitorStore(stack, host.name)), file, signal),
  ).catch((error: Error) => error);
  await makeSureItRuns(host, container);
  if (!(copied instanceof Error)) return copied;
  throw signal?.aborted
    ? new Interrupted(`the backup was ended; mon.${host.name} runs again, and nothing was kept`)
    : copied;
}

/** The script on the host has started it already, unless the host itself went down in between. */
async function makeSureItRuns(host: RemoteHost, container: string): Promise<void> {
  const byHand = `Make sure that ${container} on ${host.name} runs: ${shellCommand(host, `docker start ${container}`)}`;
  const { code, stderr } = await onHost(host, `docker start ${quote(container)} >/dev/null`).catch(
    (error: Error) => {
      throw new Error(`${error.message}\n${byHand}`);
    },
  );
  if (code !== 0) throw new Error(`${host.name}: ${lastLine(stderr)}\n${byHand}`);
}

/** Throws when the monitor is not back within `patience` seconds. */
export async function waitForQuorum(host: RemoteHost, cluster: Cluster, patience = 120): Promise<void> {
  await step(`waiting for mon.${host.name} in the quorum`, async () => {
    const end = Date.now() + patience * 1000;
    for (;;) {
      const joined = await cluster.ask<[Quorum]>("quorum_status").then(
        ([{ quorum_names }]) => quorum_names.includes(host.name),
        () => false, // a single monitor takes a moment to answer again
      );
      if (joined) return;
      if (Date.now() > end)
        throw new Error(
          `the backup is whole, but mon.${host.name}, which was started again, is not in the quorum after ${patience} s. Look at: ${shellCommand(host, `docker logs --tail 50 ${containerName("mon", host.name)}`)}`,
        );
      await sleep(1000);
    }
  });
}
