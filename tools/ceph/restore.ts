import { join, resolve } from "node:path";
import { adminSocket, containerName } from "../../components/ceph/daemons";
import { quote } from "../../components/hosts/shell";
import { step } from "../../lab/progress";
import { lastLine, onHost, type RemoteHost, send, shellCommand } from "../connection";
import { type Manifest, parts, readBackup } from "./manifest";
import { monitorStore } from "./monitor-copy";
import { declaredOsds } from "./osds";
import { Refusal } from "../outcome";
import { hostsOf, type Stack } from "../stack";

export interface RestoreOptions {
  /** Directory that `backup` made. */
  directory: string;
  /** Whether to go on when OSDs have maps that the saved store doesn't know. */
  olderMaps: boolean;
}

export interface RestoreResult {
  directory: string;
  manifest: Manifest;
  /** Host → directory that has its store now. */
  stores: Record<string, string>;
  /** Newest map that an OSD has; undefined when none could be asked. */
  newestMap: number | undefined;
}

/**
 * Puts the saved store in the place of every monitor's, after all of them were lost. Nothing that is there is deleted
 * or overwritten: a store, or a monitor that runs, is a Refusal that says where, before anything is written.
 */
export async function restore(
  stack: Stack,
  { directory, olderMaps }: RestoreOptions,
): Promise<RestoreResult> {
  const manifest = await step("comparing the backup with its sums", () => readBackup(resolve(directory)));
  if (manifest.stack !== stack.name)
    throw new Refusal(`${directory} is a backup of stack ${manifest.stack}, not of ${stack.name}`);
  const monitors = stack.settings.ceph.monitors;
  if (manifest.monitors.join() !== [...monitors].sort().join())
    throw new Refusal(
      `the backup knows the monitors ${manifest.monitors.join(", ")}, and ceph.monitors has ${monitors.join(", ")}: restore with the ones of the backup, and change them afterwards`,
    );
  const hosts = hostsOf(stack, monitors);
  const [problems, osds] = await step("looking at the hosts", () =>
    Promise.all([
      Promise.all(hosts.map((host) => monitorProblems(stack, host))).then((found) => found.flat()),
      askOsds(stack),
    ]),
  );
  const all = [...problems, ...mapProblems(manifest, osds, olderMaps)];
  if (all.length > 0) throw new Refusal(`${all.join("\n")}\nNothing was changed.`);

  const archive = join(resolve(directory), parts.store);
  // All of them are unpacked before the first gets its name: a failure leaves no monitor with a store and others without.
  await step(`unpacking the store on ${hosts.length} hosts`, () =>
    inTurn(hosts, (host) => send(host, unpackScript(monitorStore(stack, host.name), manifest.fsid), archive)),
  );
  await inTurn(hosts, (host) => putInPlace(host, monitorStore(stack, host.name)));
  return {
    directory: resolve(directory),
    manifest,
    stores: Object.fromEntries(hosts.map(({ name }) => [name, monitorStore(stack, name)])),
    newestMap: osds.length > 0 ? Math.max(...osds.map(({ newestMap }) => newestMap)) : undefined,
  };
}

async function inTurn(hosts: RemoteHost[], work: (host: RemoteHost) => Promise<void>): Promise<void> {
  for (const host of hosts) await work(host);
}

/** Why a host's monitor can't get a store: it runs, or it has one, or the host can't be asked. */
async function monitorProblems(stack: Stack, host: RemoteHost): Promise<string[]> {
  const container = containerName("mon", host.name);
  const store = monitorStore(stack, host.name);
  const script = `
state=$(docker inspect --format '{{.State.Status}}' ${quote(container)} 2>/dev/null) || state=none
there=empty
[ -z "$(ls -A ${quote(store)} 2>/dev/null)" ] || there=store
echo "$state" "$there"
`;
  const { code, stdout, stderr } = await onHost(host, script).catch((error: Error) => ({
    code: 1,
    stdout: "",
    stderr: error.message,
  }));
  const [, state = "", there] = /^(\w+) (store|empty)$/.exec(stdout.trim()) ?? [];
  if (code !== 0 || !there)
    return [`${host.name} gets a store as well, and can't be asked: ${lastLine(stderr)}`];
  const problems: string[] = [];
  if (/^(running|restarting|paused)$/.test(state))
    problems.push(
      `${container} on ${host.name} is ${state}. If it is without a store, stop it: ${shellCommand(host, `docker stop ${container}`)}`,
    );
  if (there === "store")
    problems.push(
      `${host.name} has a store in ${store}, which is not touched. As long as one monitor's store is good, no backup is needed (docs/backup.md). Otherwise move it away: ${shellCommand(host, `mv ${store} ${store}.lost`)}`,
    );
  return problems;
}

interface OsdMaps {
  container: string;
  fsid: string;
  newestMap: number;
}

/** Asks the OSDs that run, each through its own socket: without monitors there is nobody else to ask. */
async function askOsds(stack: Stack): Promise<OsdMaps[]> {
  const osds = declaredOsds(stack);
  const hosts = hostsOf(stack, [...new Set(osds.map(({ host }) => host))]);
  const answers = await Promise.all(
    hosts.map(async (host) => {
      const containers = osds.filter((osd) => osd.host === host.name).map(({ container }) => container);
      const script = containers
        .map(
          (container) =>
            `timeout 20 docker exec ${quote(container)} ceph --admin-daemon ${adminSocket("osd")} status 2>/dev/null | tr -d '\\n' || true\necho`,
        )
        .join("\n");
      const { stdout } = await onHost(host, script).catch(() => ({ stdout: "" })); // a host without an answer is said below
      return containers.map((container, index) => osdMaps(container, stdout.split("\n")[index] ?? ""));
    }),
  );
  return answers.flat().flatMap((found) => found ?? []);
}

function osdMaps(container: string, answer: string): OsdMaps | undefined {
  try {
    const { cluster_fsid, newest_map } = JSON.parse(answer) as { cluster_fsid: string; newest_map: number };
    return { container, fsid: cluster_fsid, newestMap: newest_map };
  } catch {
    return undefined; // it does not run
  }
}

function mapProblems({ fsid, epochs, time }: Manifest, osds: OsdMaps[], olderMaps: boolean): string[] {
  const foreign = osds.filter((osd) => osd.fsid !== fsid);
  if (foreign.length > 0)
    return [
      `${foreign.map(({ container }) => container).join(", ")} belong to another cluster than the backup (${fsid})`,
    ];
  const newer = osds.filter(({ newestMap }) => newestMap > epochs.osdmap);
  if (newer.length === 0 || olderMaps) return [];
  return [
    `the backup of ${time} has the OSD map of epoch ${epochs.osdmap}, and ${newer.map(({ container, newestMap }) => `${container} has ${newestMap}`).join(", ")}. Rebuild the store from the OSDs, or go on with --older-maps: docs/backup.md says what each means.`,
  ];
}

/** Script that unpacks the archive from its standard input beside the place of the store. */
export function unpackScript(store: string, fsid: string): string {
  return `set -eu
new=${quote(`${store}.restoring`)}
rm -rf "$new" # of a restore that was cut
trap 'rm -rf "$new"' EXIT
umask 077
mkdir -p "$new"
tar --extract --gzip --numeric-owner --same-owner --preserve-permissions --directory "$new"
found=$(cat "$new/farmstack-identity")
if [ "$found" != ${quote(fsid)} ]; then
  echo "the archive is of the cluster $found, not of ${fsid}" >&2
  exit 1
fi
sync -f "$new"
trap - EXIT
`;
}

async function putInPlace(host: RemoteHost, store: string): Promise<void> {
  // It fails on a directory that has something in it.
  const { code, stderr } = await onHost(
    host,
    `mv --no-target-directory ${quote(`${store}.restoring`)} ${quote(store)}`,
  );
  if (code !== 0)
    throw new Error(
      `${host.name}: ${lastLine(stderr)}. The other hosts may have their store already: move those away, then run this again.`,
    );
}

export function renderRestore({ manifest, stores, newestMap }: RestoreResult): string {
  const maps =
    newestMap === undefined
      ? "No OSD could be asked for its newest map."
      : `The newest map of an OSD that runs: ${newestMap}; the backup's: ${manifest.epochs.osdmap}.`;
  return [
    `The store of mon.${manifest.monitor} of ${manifest.time} is in place on ${Object.keys(stores).join(", ")}. ${maps}`,
    `Its files belong to ${manifest.owner}, the user ceph of the image that it ran on; another image may have another number.`,
    `Next: pulumi up --refresh --stack ${manifest.stack}, which starts the monitors again. Then: npm run ceph -- --stack ${manifest.stack} status`,
    ...(newestMap !== undefined && newestMap > manifest.epochs.osdmap
      ? [
          `It will say HEALTH_OK and not be well: OSDs take no change before the map's number has passed ${newestMap}. What to do: docs/backup.md, "When the backup is older than the OSDs' maps".`,
        ]
      : []),
  ].join("\n");
}
