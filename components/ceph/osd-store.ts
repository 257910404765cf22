import { quote, wrapScript } from "../hosts/shell";
import { keepStore, makeStore, type StoreArgs } from "./store";
import { cephConfPath, osdDataPath, osdDevicePath } from "./daemons";

/** Where an OSD keeps its data: a whole device (`device`), or for a lab a file (`file`, of `sizeGiB`). */
export interface OsdStore {
  /** Path of a block device; one below /dev/disk/by-id stays the same when disks are moved. */
  device?: string;
  /** Name of a file that the program makes. */
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
  /** What the cluster calls it. */
  number: string;
  uuid: string;
  fsid: string;
  key: string;
  cephConf: string;
  /** Id of Ceph's image on the host. */
  image: string;
  /** Directory on the host for the OSD's files; the data itself is on the device, where there is one. */
  directory: string;
}

type CheckArgs = Pick<OsdStoreArgs, "store" | "uuid" | "image" | "directory">;

const storeOf = ({ store, uuid, directory }: CheckArgs): StoreArgs => ({
  directory,
  identity: uuid,
  owner: `the OSD on ${store.device ?? store.file}`,
});

/** Part of a script: fails unless the device is there and carries nothing at all. */
const refuseDeviceInUse = (device: string, image: string): string => `
device=${quote(device)}
if [ ! -b "$device" ]; then
  echo "$device is not a block device; nothing was changed. See: ls -l /dev/disk/by-id" >&2
  exit 1
fi
status=0
signature=$(docker run --rm --network none --device "$(readlink -f "$device"):${osdDevicePath}:r" \\
  --entrypoint blkid ${quote(image)} --probe --output export ${osdDevicePath}) || status=$?
if [ "$status" != 2 ] || [ -n "$signature" ]; then # 2: blkid found nothing
  echo "$device is in use; nothing was changed. Found on it:" \${signature:-"something that can't be told (blkid ended with $status)"}. \\
    "If its data is not needed, wipe it yourself: wipefs --all $device" >&2
  exit 1
fi
`;

/** Script that looks whether an OSD may be made here, before the cluster hears of it. Writes nothing. */
export function osdCheckScript(args: CheckArgs): string {
  const { device } = args.store;
  return `${keepStore(storeOf(args))}${device ? refuseDeviceInUse(device, args.image) : ""}echo "free"\n`;
}

/**
 * Script that makes an OSD's store once (`ceph-osd --mkfs`). It never formats anything that carries a signature: a
 * device with a partition table, a file system or another OSD is refused, and the message says what was found.
 * https://docs.ceph.com/en/latest/install/manual-deployment/#adding-osds
 */
export function osdStoreScript(args: OsdStoreArgs): string {
  const { device } = args.store;
  const make = `docker run --rm --interactive --network host --tmpfs /run/ceph:mode=1777 --volume "$new:${osdDataPath}" \\
  ${device ? `--device "$(readlink -f "$device"):${osdDevicePath}" ` : ""}--entrypoint sh ${quote(args.image)} -s <<'IN_CONTAINER'
${wrapScript(mkfsScript(args))}IN_CONTAINER`;
  return (
    keepStore(storeOf(args)) +
    (device ? refuseDeviceInUse(device, args.image) : "") +
    makeStore(storeOf(args), make)
  );
}

function mkfsScript({ store, number, uuid, fsid, key, cephConf }: OsdStoreArgs): string {
  const block = store.device
    ? `ln -s ${osdDevicePath} ${osdDataPath}/block\nchown ceph:ceph ${osdDevicePath}`
    : `truncate -s ${store.sizeGiB ?? 10}G ${osdDataPath}/block`;
  return `
umask 077
mkdir -p /etc/ceph
cat >${cephConfPath} <<'CONF'
${cephConf.trimEnd()}
CONF
cat >${osdDataPath}/keyring <<'KEY'
[osd.${number}]
	key = ${key}
KEY
${block}
chown -R ceph:ceph ${osdDataPath}
ceph-osd --mkfs --id ${quote(number)} --osd-uuid ${quote(uuid)} --fsid ${quote(fsid)} --osd-data ${osdDataPath} --setuser ceph --setgroup ceph
`;
}
