import { type remote } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { quote } from "../hosts/shell";
import { cephIn, type CommandLine } from "./command-line";

/** A replicated pool. Copies are on different hosts. */
export interface PoolArgs {
  /** Name of the pool. Another one is another pool; the one before stays. */
  name: string;
  /** What it is for: `rbd` for block devices, otherwise a name of one's own. @default rbd */
  application?: string;
  /** Copies of each object. @default 3 */
  copies?: number;
  /** Copies that have to be there for reads and writes to go on. @default 2 */
  minCopies?: number;
  /** Placement groups. @default Ceph's autoscaler decides */
  placementGroups?: number;
}

/** Script that makes a pool where it is missing, and gives it its settings. */
export function poolScript(monitor: string, args: PoolArgs): string {
  const { application = "rbd", copies = 3, minCopies = 2, placementGroups } = args;
  const ceph = cephIn(monitor);
  const name = quote(args.name);
  const groups =
    placementGroups === undefined
      ? `${ceph} osd pool set ${name} pg_autoscale_mode on`
      : `${ceph} osd pool set ${name} pg_autoscale_mode off\n${ceph} osd pool set ${name} pg_num ${placementGroups}`;
  return `
${ceph} osd pool ls | grep -qxF ${name} || ${ceph} osd pool create ${name}
${ceph} osd pool set ${name} size ${copies}
${ceph} osd pool set ${name} min_size ${minCopies}
${groups}
${ceph} osd pool application get ${name} --format json | grep -qF ${quote(`"${application}"`)} || ${ceph} osd pool application enable ${name} ${quote(application)}
`;
}

/**
 * A pool of the cluster. One that is no longer declared stays, with all that is in it: data goes by hand only
 * (`ceph osd pool delete`).
 * https://docs.ceph.com/en/latest/rados/operations/pools/
 */
export function createPool(
  cluster: string,
  args: PoolArgs,
  monitor: CommandLine,
  opts: pulumi.CustomResourceOptions,
): remote.Command {
  return monitor.host.run(
    `${cluster}-pool-${args.name}`,
    { script: poolScript(monitor.container, args) },
    opts,
  );
}
