import { dirname } from "node:path/posix";
import type * as pulumi from "@pulumi/pulumi";
import { Container } from "../container";
import { type Host } from "../hosts";
import { quote } from "../hosts/shell";
import { clientCapabilities } from "./clients";
import { type CommandLine } from "./command-line";
import { cephConfPath, socketFolder } from "./daemons";
import { keyringOf, newEntity } from "./entity";
import { grant } from "./grants";
import { kernelMountScript, kernelUnmount } from "./kernel-mount";
import { directoryScript } from "./mount-directory";
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
  /** `mon_host` of all monitors' addresses for the kernel's client: `192.0.2.1:6789,…`. */
  kernelAddresses: string;
  /** ceph.conf of a client. */
  clientConf: pulumi.Output<string>;
}

/** How long ceph-fuse may take to mount, seconds. */
const patience = 60;

/**
 * Mounts a file system on hosts, with a client of its own that may do nothing else. The mount is there again after a
 * crash of its client and after a boot. Where it is not mounted the directory is empty and, where the host's file
 * system can say so, immutable: nothing is written beside the file system by mistake.
 */
export function createMount(
  args: MountArgs,
  { cluster, monitor, kernelAddresses, clientConf }: MountContext,
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
            kernelMountScript({ addresses: kernelAddresses, filesystem, path, access, id, key }),
          ),
          undo: kernelUnmount(path, id),
        },
        { parent, dependsOn: granted },
      );
      continue;
    }
    const directory = host.run(
      `${cluster}-mount-${name}-directory`,
      { script: directoryScript(path), undo: unmount(path) },
      { parent, dependsOn: granted },
    );
    const container = new Container(
      `ceph-mount-${host.hostName}-${name}`,
      {
        host,
        image: "ceph",
        component: "ceph",
        command: fuseCommand({ id, filesystem, path }),
        files: [
          { path: cephConfPath, content: clientConf },
          { path: `/etc/ceph/ceph.client.${id}.keyring`, content: keyringOf([entity]), mode: "0400" },
        ],
        volumes: [{ hostPath: dirname(path), path: dirname(path) }],
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
export function fuseCommand(args: { id: string; filesystem: string; path: string }): string[] {
  // While no metadata server is active it waits, instead of ending.
  const waits = "--fuse_require_active_mds=false";
  const fuse = ["ceph-fuse", "-f", "--id", args.id, "--client_fs", args.filesystem, waits, args.path];
  const path = quote(args.path);
  return [
    "sh",
    "-c",
    `umount --lazy ${path} 2>/dev/null; mkdir -p ${path} && exec ${fuse.map(quote).join(" ")}`,
  ];
}

/** Command that takes away a mount and its directory, when they are no longer declared. */
const unmount = (path: string): string =>
  `umount --lazy ${quote(path)} 2>/dev/null; chattr -i ${quote(path)} 2>/dev/null; rmdir ${quote(path)} || true`;

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
