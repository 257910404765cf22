import type * as pulumi from "@pulumi/pulumi";
import { quote } from "../hosts/shell";
import { type KeyType } from "./cephx-key";
import { cephIn, type CommandLine } from "./command-line";
import { keyringOf, newEntity } from "./entity";
import { grant } from "./grants";
import { type Capabilities } from "./keyring";

/** A user of the cluster that may do no more than it needs: work in a directory of a file system, or in a pool, or both. */
export interface ClientArgs {
  /** Without `client.` in front. */
  name: string;
  /** File system that it works in. @default none */
  filesystem?: string;
  /** Directory of the file system that it is kept to. @default / */
  path?: string;
  /** What it may do in the file system and in the pool. @default read-write */
  access?: "read" | "read-write";
  /** Pool in which it has block devices. @default none */
  pool?: string;
  /** It is the user of ceph-csi: makes and removes volumes in the subvolume group `csi`. @default false */
  kubernetes?: boolean;
  /** `aes256k` needs Ceph 19.2.6, 20.2.4 or newer, and for kernel clients Linux 7.0. @default aes */
  keyType?: KeyType;
  /** Another number is another key. @default 0 */
  rotation?: number;
}

/** Subvolume group that ceph-csi makes its volumes in. */
export const csiGroup = "csi";

/** What a client may do. https://docs.ceph.com/en/latest/cephfs/client-auth/, https://github.com/ceph/ceph-csi/blob/devel/docs/capabilities.md */
export function clientCapabilities({
  filesystem,
  path = "/",
  access = "read-write",
  pool,
  kubernetes = false,
}: ClientArgs): Capabilities {
  const mon: string[] = [];
  const mgr: string[] = [];
  const osd: string[] = [];
  const mds: string[] = [];
  if (filesystem && kubernetes) {
    mon.push(`allow r fsname=${filesystem}`);
    mgr.push("allow rw"); // volumes are made by a module of the manager
    osd.push(`allow rw tag cephfs metadata=${filesystem}`, `allow rw tag cephfs data=${filesystem}`);
    mds.push(
      `allow r fsname=${filesystem} path=/volumes`,
      `allow rws fsname=${filesystem} path=/volumes/${csiGroup}`,
    );
  } else if (filesystem) {
    const may = access === "read" ? "r" : "rw";
    mon.push(`allow r fsname=${filesystem}`);
    osd.push(`allow ${may} tag cephfs data=${filesystem}`);
    mds.push(`allow ${may} fsname=${filesystem}${path === "/" ? "" : ` path=${path}`}`);
  }
  if (pool) {
    mon.push("profile rbd");
    mgr.push(`profile rbd pool=${pool}`);
    osd.push(`profile rbd${access === "read" ? "-read-only" : ""} pool=${pool}`);
  }
  const parts = Object.entries({ mon, mgr, osd, mds }).filter(([, caps]) => caps.length > 0);
  return Object.fromEntries(parts.map(([daemon, caps]) => [daemon, caps.join(", ")]));
}

/** A client of the cluster; gives its keyring, a secret. */
export function createClient(
  cluster: string,
  args: ClientArgs,
  monitor: CommandLine,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const { name, filesystem, kubernetes, keyType = "aes", rotation } = args;
  // Not protected: the cluster takes another key at any time, and nothing is lost with this one.
  const entity = newEntity(
    cluster,
    `client.${name}`,
    { caps: clientCapabilities(args), keyType, rotation },
    { parent: opts.parent },
  );
  grant(cluster, monitor, entity, opts);
  if (kubernetes && filesystem)
    monitor.host.run(
      `${cluster}-csi-${name}`,
      { script: `${cephIn(monitor.container)} fs subvolumegroup create ${quote(filesystem)} ${csiGroup}` },
      opts,
    );
  return keyringOf([entity]);
}
