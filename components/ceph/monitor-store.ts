import { quote } from "../hosts/shell";
import { monHost, monitorEndpoints, type MonitorAddress } from "./ceph-conf";
import { dataPath } from "./daemons";

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
 * it is this cluster's, or the script fails. The new store is made beside its place and moved there whole, so that
 * a run that was cut leaves no half store. The keyring goes through a pipe into memory.
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
  return `
store=${quote(directory)}
fsid=${quote(fsid)}
if [ -e "$store" ]; then
  found=$(cat "$store/farmstack-fsid" 2>/dev/null || echo "unknown")
  if [ "$found" = "$fsid" ]; then
    echo "store of mon.${monitor.name}: unchanged"
    return
  fi
  echo "mon.${monitor.name}: $store holds the store of another cluster (fsid $found, not $fsid); nothing was changed. Move it away if it is not needed." >&2
  exit 1
fi
new="$store.new"
rm -rf "$new"
mkdir -p "$new"
docker run --rm --interactive --network none --tmpfs /run/seed --volume "$new:"${quote(data)} \\
  --entrypoint sh ${quote(image)} -c ${quote(inContainer)} <<'KEYRING'
${keyring}KEYRING
echo "$fsid" >"$new/farmstack-fsid"
sync -f "$new"
mv "$new" "$store"
echo "store of mon.${monitor.name}: made"
`;
}
