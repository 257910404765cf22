import { quote } from "../hosts/shell";
import { makeMountPoint } from "./mount-directory";

export interface KernelMountArgs {
  /** Monitors, `192.0.2.1:6789,…`. */
  addresses: string;
  filesystem: string;
  path: string;
  access?: "read" | "read-write";
  /** Client, without `client.` in front. */
  id: string;
  key: string;
}

const secretFile = (id: string) => `/etc/ceph/farmstack-${id}.secret`;

/**
 * Script that mounts a file system by the kernel's client, as a unit of systemd that comes back at a boot. A kernel
 * without the client is refused. https://docs.ceph.com/en/latest/cephfs/mount-using-kernel-driver/
 */
export function kernelMountScript({ addresses, filesystem, path, access, id, key }: KernelMountArgs): string {
  const options = [
    `name=${id}`,
    `secretfile=${secretFile(id)}`,
    `fs=${filesystem}`,
    ...(access === "read" ? ["ro"] : []),
    "noatime",
    "_netdev",
  ].join(",");
  return `
path=${quote(path)}
if ! grep -qw ceph /proc/filesystems && ! modprobe ceph 2>/dev/null; then
  echo "the kernel ($(uname -r)) has no Ceph client: give the mount of $path \\"client: fuse\\"" >&2
  exit 1
fi
if ! command -v mount.ceph >/dev/null; then
  if command -v apt-get >/dev/null; then
    apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends ceph-common
  else
    dnf install -y ceph-common
  fi
fi
${makeMountPoint(path)}
mkdir -p /etc/ceph
umask 077
cat >${quote(secretFile(id))} <<'SECRET'
${key}
SECRET
unit=$(systemd-escape --path --suffix=mount "$path")
file=/etc/systemd/system/$unit
cat >"$file.new" <<'UNIT'
[Unit]
Description=CephFS ${filesystem}
After=network-online.target
Wants=network-online.target

[Mount]
What=${addresses}:/
Where=${path}
Type=ceph
Options=${options}

[Install]
WantedBy=remote-fs.target
UNIT
chmod 0644 "$file.new"
# A client that runs learns of other monitors from those that it knows: their addresses alone are no reason to unmount.
if [ "$(sed /^What=/d "$file.new")" = "$(sed /^What=/d "$file" 2>/dev/null)" ]; then act=start; else act=restart; fi
mv "$file.new" "$file"
systemctl daemon-reload
systemctl enable "$unit"
systemctl $act "$unit"
echo "$path: mounted"
`;
}

/** Command that takes the mount away when it is no longer declared. */
export const kernelUnmount = (path: string, id: string): string =>
  `unit=$(systemd-escape --path --suffix=mount ${quote(path)}); systemctl disable --now "$unit" && rm -f "/etc/systemd/system/$unit" ${quote(secretFile(id))} && systemctl daemon-reload`;
