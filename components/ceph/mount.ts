import { dirname } from "node:path/posix";
import type * as pulumi from "@pulumi/pulumi";
import { Container } from "../container";
import { type Host } from "../hosts";
import { quote } from "../hosts/shell";
import { kernelAddresses, monHost, type MonitorAddress } from "./ceph-conf";
import { clientCapabilities } from "./clients";
import { type CommandLine } from "./command-line";
import { cephConfPath, socketFolder } from "./daemons";
import { keyringOf, newEntity } from "./entity";
import { grant } from "./grants";
import { kernelMountScript, kernelUnmount } from "./kernel-mount";
import { directoryScript, monitorsFile } from "./mount-directory";
import { mountName } from "./mount-name";
import { type KeyType } from "./cephx-key";

/** A CephFS file system, mounted on hosts. */
export interface MountArgs {
  /** Name of the file system, one of `filesystems`. */
  filesystem: string;
  /** Where it is mounted, an absolute path of two parts or more, such as `/mnt/cephfs`. */
  path: string;
  /** Hosts that mount it. */
  hosts: Host[];
  /** What may be done in it on the hosts. @default read-write */
  access?: "read" | "read-write";
  /**
   * `fuse`: ceph-fuse in a container, on any host. `kernel`: the kernel's own client, quicker, where the host's kernel
   * has it; what has files open survives a change of the client. @default fuse
   */
  client?: "fuse" | "kernel";
  /** Most memory of ceph-fuse, MiB. @default 1024 */
  memoryMiB?: number;
  /** Type of the client's key. @default aes */
  keyType?: KeyType;
}

export interface MountContext {
  cluster: string;
  monitor: CommandLine;
  monitors: MonitorAddress[];
  /** ceph.conf of a client, without the monitors. */
  mountConf: pulumi.Output<string>;
}

/** Where the monitors' addresses are in the container of ceph-fuse. */
const monitorsFolder = "/etc/ceph/monitors";

/** How long ceph-fuse may take to mount, seconds. */
const patience = 60;

/**
 * Mounts a file system on hosts, with a client of its own that may do nothing else. The mount is there again after a
 * crash of its client and after a boot. Where it is not mounted the directory is empty and, where the host's file
 * system can say so, immutable: nothing is written beside the file system by mistake.
 */
export function createMount(
  args: MountArgs,
  { cluster, monitor, monitors, mountConf }: MountContext,
  opts: { parent: pulumi.Resource; dependsOn: pulumi.Resource[] },
): void {
  const { filesystem, path, access, client = "fuse", memoryMiB = 1024, keyType = "aes" } = args;
  const name = mountName(path);
  const { parent } = opts;
  const caps = clientCapabilities({ name, filesystem, access });
  const entity = newEntity(cluster, `client.mount-${name}`, { caps, keyType }, { parent });
  const granted = grant(cluster, monitor, entity, opts);
  const id = `mount-${name}`;
  for (const host of args.hosts) {
    if (client === "kernel") {
      host.run(
        `${cluster}-mount-${name}`,
        {
          script: entity.key.apply((key) =>
            kernelMountScript({ addresses: kernelAddresses(monitors), filesystem, path, access, id, key }),
          ),
          undo: kernelUnmount(path, id),
        },
        { parent, dependsOn: granted },
      );
      continue;
    }
    // A client that runs learns of other monitors from those that it knows. So their addresses are in a file of the host, which
    // its next start reads: with another one its container stays, and with it what has files open.
    const folder = `${host.dataDirectory}/ceph/mount-${name}`;
    const directory = host.run(
      `${cluster}-mount-${name}-directory`,
      {
        script: directoryScript(path, { folder, addresses: monHost(monitors) }),
        undo: unmount(path, folder),
      },
      { parent, dependsOn: granted },
    );
    const container = new Container(
      `ceph-mount-${host.hostName}-${name}`,
      {
        host,
        image: "ceph",
        component: "ceph",
        command: fuseCommand({ id, filesystem, path, memoryMiB }),
        files: [
          { path: cephConfPath, content: mountConf },
          { path: `/etc/ceph/ceph.client.${id}.keyring`, content: keyringOf([entity]), mode: "0400" },
        ],
        volumes: [
          { hostPath: dirname(path), path: dirname(path) },
          { hostPath: folder, path: monitorsFolder, readOnly: true },
        ],
        sharesMounts: true,
        tmpfs: { [socketFolder]: "mode=1777" },
        devices: [{ hostPath: "/dev/fuse", path: "/dev/fuse" }],
        capabilities: ["SYS_ADMIN"],
        memoryMiB,
        health: { command: ["stat", "--file-system", path], interval: "30s" },
      },
      { parent, dependsOn: directory },
    );
    host.run(
      `${cluster}-mount-${name}-there`,
      {
        script: container.containerId.apply((because) =>
          mountedScript(path, because, host.shellCommand(`docker logs --tail 50 ${container.containerName}`)),
        ),
      },
      { parent },
    );
  }
}

/**
 * Command line of ceph-fuse. What a client that crashed left mounted answers nothing any more, and has to go first.
 * https://docs.ceph.com/en/latest/man/8/ceph-fuse/
 */
export function fuseCommand(args: {
  id: string;
  filesystem: string;
  path: string;
  memoryMiB: number;
}): string[] {
  // While no metadata server is active it waits, instead of ending.
  const waits = "--fuse_require_active_mds=false";
  // From its container it sees no process of the host whose groups it could look up, and would say so at every request.
  const noGroups = "--fuse_set_user_groups=false";
  const client = ["-f", "--id", args.id, "--client_fs", args.filesystem, waits, noGroups];
  const options = [...client, ...cacheLimits(args.memoryMiB), args.path];
  const path = quote(args.path);
  const monitors = `"$(cat ${monitorsFolder}/${monitorsFile})"`;
  return [
    "sh",
    "-c",
    `umount --lazy ${path} 2>/dev/null; mkdir -p ${path} && exec ceph-fuse -m ${monitors} ${options.map(quote).join(" ")}`,
  ];
}

/** Memory from which on Ceph's own limits of a client's cache fit: 200 MiB, half of that not written yet, and as much on its way. */
const roomyMiB = 1024;

/** Options that keep what waits to be written within a small memory: a client that is given much at once would be killed. */
function cacheLimits(memoryMiB: number): string[] {
  if (memoryMiB >= roomyMiB) return [];
  const part = Math.floor((memoryMiB / 8) * 1024 * 1024);
  return [
    `--client_oc_size=${part * 2}`,
    `--client_oc_max_dirty=${part}`,
    `--client_oc_target_dirty=${Math.floor(part / 2)}`,
    `--objecter_inflight_op_bytes=${part}`,
  ];
}

/** Command that takes away a mount and its directory, when they are no longer declared. */
const unmount = (path: string, folder: string): string =>
  `umount --lazy ${quote(path)} 2>/dev/null; chattr -i ${quote(path)} 2>/dev/null; rm -f ${quote(`${folder}/${monitorsFile}`)}; rmdir ${quote(folder)} ${quote(path)} || true`;

/** Script that waits for the mount. */
export function mountedScript(path: string, because: string, look: string): string {
  return `
# because of ${because}
tries=0
until timeout 10 mountpoint -q ${quote(path)} && timeout 10 stat --file-system ${quote(path)} >/dev/null; do
  tries=$((tries + 1))
  if [ "$tries" -ge ${patience} ]; then
    echo ${quote(`${path} was not mounted within ${patience} tries. Look at:`)} ${quote(look)} >&2
    exit 1
  fi
  sleep 1
done
echo ${quote(`${path}: mounted`)}
`;
}
