import { dirname } from "node:path/posix";
import { quote } from "../hosts/shell";
import { monHost, monitorEndpoints, type MonitorAddress } from "./ceph-conf";
import { dataPath } from "./daemons";
import { keepStore, makeStore } from "./store";

export interface MonitorStoreArgs {
  monitor: MonitorAddress;
  monitors: MonitorAddress[];
  fsid: string;
  /** Keys that the store starts with: the monitors' own, the administrator's and the managers'. */
  keyring: string;
  /** Id of Ceph's image on the host. */
  image: string;
  /** Directory on the host that holds the store. */
  directory: string;
}

/**
 * Script that makes a monitor's store where there is none (`ceph-mon --mkfs`). A store that is there is never touched:
 * it is this cluster's, or the script fails. So does one that would start a new cluster beside the OSDs of this one. The keyring goes through a pipe into memory.
 * https://docs.ceph.com/en/latest/install/manual-deployment/#monitor-bootstrapping
 */
export function monitorStoreScript({
  monitor,
  monitors,
  fsid,
  keyring,
  image,
  directory,
}: MonitorStoreArgs): string {
  const data = dataPath("mon", monitor.name);
  const mkfs = [
    ...["ceph-mon", "--mkfs", "--id", monitor.name, "--fsid", fsid, "--keyring", "/run/seed/keyring"],
    ...["--mon-host", monHost(monitors), "--mon-initial-members", monitors.map(({ name }) => name).join(",")],
    ...["--public-addrv", monitorEndpoints(monitor.address), "--setuser", "ceph", "--setgroup", "ceph"],
  ];
  const inContainer = [
    "umask 077",
    "cat >/run/seed/keyring",
    `chown -R ceph:ceph /run/seed ${quote(data)}`,
    mkfs.map(quote).join(" "),
  ].join(" && ");
  const store = { directory, identity: fsid, owner: `mon.${monitor.name}` };
  const make = `docker run --rm --interactive --network none --tmpfs /run/seed --volume "$new:"${quote(data)} \\
  --entrypoint sh ${quote(image)} -c ${quote(inContainer)} <<'KEYRING'
${keyring}KEYRING`;
  const askOthers = [
    "ceph",
    "--conf",
    "/dev/null",
    "--connect-timeout",
    "20",
    "--mon-host",
    monHost(monitors),
  ];
  const notAlone = `
# A cluster that has OSDs has monitors: without them this would be the first of a new, empty one.
for osd in ${quote(dirname(directory))}/osd-*/ceph_fsid; do
  [ "$(cat "$osd" 2>/dev/null)" = ${quote(fsid)} ] || continue
  docker run --rm --interactive --network host --tmpfs /run/seed --tmpfs /run/ceph:mode=1777 --entrypoint sh ${quote(image)} \\
    -c ${quote(`cat >/run/seed/keyring && ${askOthers.map(quote).join(" ")} --keyring /run/seed/keyring mon stat`)} <<'KEYRING' >/dev/null && break
${keyring}KEYRING
  echo ${quote(`mon.${monitor.name} has no store, there are OSDs of its cluster, and no monitor answers; nothing was changed. Bring a monitor's store back: docs/backup.md says how.`)} >&2
  exit 1
done
`;
  return keepStore(store) + notAlone + makeStore(store, make);
}
