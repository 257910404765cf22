import { quote, wrapScript } from "../hosts/shell";
import { keepStore, makeStore, type StoreArgs } from "./store";
import { adminKeyringPath, cephConfPath, osdDataPath, osdDevicePath } from "./daemons";

/** Where an OSD keeps its data: a whole device (`device`), or for a lab a file (`file`, of `sizeGiB`). */
export interface OsdStore {
  /** Path of a block device; one below /dev/disk/by-id stays the same when disks are moved. @default none: a file */
  device?: string;
  /** Name of a file that the program makes. @default none: a device */
  file?: string;
  /** Size of the file. @default 10 */
  sizeGiB?: number;
}

/**
 * Name of a store on its host, stable for as long as the device or file is: the last part of its path, with what
 * a container's name can't have replaced.
 */
export const storeName = (store: OsdStore): string =>
  (store.device?.split("/").pop() ?? store.file ?? "").replaceAll(/[^a-zA-Z0-9_-]/g, "-");

export interface OsdStoreArgs {
  store: OsdStore;
  /** Its identity: the cluster gives the number that belongs to it. */
  uuid: string;
  fsid: string;
  key: string;
  cephConf: string;
  /** Keyring of the administrator, who announces the OSD to the cluster. */
  adminKeyring: string;
  /** Id of Ceph's image on the host. */
  image: string;
  /** Directory on the host for the OSD's files; the data itself is on the device, where there is one. */
  directory: string;
}

const storeOf = ({ store, uuid, directory }: OsdStoreArgs): StoreArgs => ({
  directory,
  identity: uuid,
  owner: `the OSD on ${store.device ?? store.file}`,
  report: 'cat "$store/whoami"',
});

/**
 * Script that makes an OSD's store once and prints the OSD's number. What it finds decides:
 * - a store of this OSD stays as it is;
 * - a device that carries this very OSD (its disk came to another machine) gets the files beside it again;
 * - a device with anything else on it is refused, and the message says what was found: nothing is ever wiped;
 * - a blank one is announced to the cluster and made (`ceph-osd --mkfs`). When the cluster knows the OSD from before,
 *   its disk was replaced: the lost one is given up only when every placement group is served without it.
 *
 * https://docs.ceph.com/en/latest/install/manual-deployment/#adding-osds
 */
export function osdStoreScript(args: OsdStoreArgs): string {
  const make = `number=$(${inContainer(args, "--network host", announceScript(args))})
${inContainer(args, `--network host --env number="$number" --volume "$new:${osdDataPath}" $device_option`, mkfsScript(args))}`;
  return (
    keepStore(storeOf(args)) +
    `carries=nothing\ndevice_option=\n${lookAtDevice(args)}` +
    makeStore(storeOf(args), make)
  );
}

/** Part of a script: runs a script in a container of Ceph's image that is gone afterwards. */
const inContainer = ({ image }: OsdStoreArgs, options: string, script: string): string =>
  `docker run --rm --interactive --tmpfs /run/ceph:mode=1777 --tmpfs /etc/ceph --env carries="$carries" ${options} \\
  --entrypoint sh ${quote(image)} -s <<'IN_CONTAINER'
${wrapScript(script)}IN_CONTAINER
`;

/** Part of a script: sets `carries` to `nothing` or `ours`, and fails when the device carries anything else. */
function lookAtDevice({ store, uuid, image }: OsdStoreArgs): string {
  if (!store.device) return "";
  const look = (program: string) =>
    `docker run --rm --network none --device "$(readlink -f "$device"):${osdDevicePath}:r" --entrypoint ${program} ${quote(image)}`;
  return `
device=${quote(store.device)}
if [ ! -b "$device" ]; then
  echo "$device is not a block device; nothing was changed. See: ls -l /dev/disk/by-id" >&2
  exit 1
fi
device_option="--device $(readlink -f "$device"):${osdDevicePath}"
status=0
signature=$(${look("blkid")} --probe --output export ${osdDevicePath}) || status=$?
if ${look("ceph-bluestore-tool")} show-label --dev ${osdDevicePath} 2>/dev/null | grep -qF ${quote(`"osd_uuid": "${uuid}"`)}; then
  carries=ours
elif [ "$status" != 2 ] || [ -n "$signature" ]; then # 2: blkid found nothing
  echo "$device is in use; nothing was changed. Found on it:" \${signature:-"something that can't be told (blkid ended with $status)"}. \\
    "If its data is not needed, wipe it yourself: wipefs --all $device" >&2
  exit 1
fi
`;
}

/** Prints the number that the cluster has for this OSD: a new one at the first time, the same one ever after. */
function announceScript({ uuid, key, cephConf, adminKeyring }: OsdStoreArgs): string {
  const ceph = "ceph --connect-timeout 30";
  return `
umask 077
cat >${cephConfPath} <<'CONF'
${cephConf.trimEnd()}
CONF
cat >${adminKeyringPath} <<'KEYRING'
${adminKeyring}KEYRING
announce() {
  ${ceph} osd new ${quote(uuid)} -i - <<'SECRET'
{"cephx_secret": "${key}"}
SECRET
}
number=$(announce)
state=$(${ceph} osd dump --format json | tr -d ' \\n' | grep -oE ${quote(`"osd":[0-9]+,"uuid":"${uuid}","up":[01],"in":[01],[^}]*"up_from":[0-9]+`)}) || true
case $state in
'')
  echo "The cluster has no entry for OSD $number, which it has just numbered. See: ceph osd dump" >&2
  exit 1 ;;
*'"up_from":0') ;; # it never ran
*) if [ "$carries" = nothing ]; then
  case $state in *'"up":1'*)
    echo "OSD $number is up, but there is no store of it here; nothing was changed. Does it run on another host? See: ceph osd find $number" >&2
    exit 1 ;;
  esac
  if ! reason=$(${ceph} osd ok-to-stop "$number" 2>&1); then
    echo "The store of OSD $number is gone, and there is data that the cluster can't serve without it: $reason. Nothing was changed. Bring its old disk back." >&2
    exit 1
  fi
  ${ceph} osd purge "$number" --force --yes-i-really-mean-it >&2
  number=$(announce)
fi ;;
esac
echo "$number"
`;
}

function mkfsScript({ store, uuid, fsid, key, cephConf }: OsdStoreArgs): string {
  const block = store.device
    ? `ln -sf ${osdDevicePath} ${osdDataPath}/block\nchown ceph:ceph ${osdDevicePath}`
    : `truncate -s ${store.sizeGiB ?? 10}G ${osdDataPath}/block`;
  return `
umask 077
cat >${cephConfPath} <<'CONF'
${cephConf.trimEnd()}
CONF
if [ "$carries" = ours ]; then
  ceph-bluestore-tool prime-osd-dir --dev ${osdDevicePath} --path ${osdDataPath}
fi
cat >${osdDataPath}/keyring <<KEY
[osd.$number]
	key = ${key}
KEY
${block}
chown -R ceph:ceph ${osdDataPath}
if [ "$carries" = nothing ]; then
  ceph-osd --mkfs --id "$number" --osd-uuid ${quote(uuid)} --fsid ${quote(fsid)} --osd-data ${osdDataPath} --setuser ceph --setgroup ceph
fi
`;
}
