import { type remote } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { quote } from "../hosts/shell";
import { cephIn, type CommandLine } from "./command-line";

/** Script that makes a file system and its two pools where they are missing. https://docs.ceph.com/en/latest/cephfs/createfs/ */
export function filesystemScript(monitor: string, name: string): string {
  const ceph = cephIn(monitor);
  const pools = [`${name}_metadata`, `${name}_data`];
  return `
for pool in ${pools.map(quote).join(" ")}; do
  ${ceph} osd pool ls | grep -qxF "$pool" || ${ceph} osd pool create "$pool"
done
${ceph} fs ls --format json | grep -qF ${quote(`"name":"${name}"`)} || ${ceph} fs new ${quote(name)} ${pools.map(quote).join(" ")}
echo "file system ${name}: there"
`;
}

/** A CephFS file system. One that is no longer declared stays: data goes by hand only (`ceph fs rm`). */
export function createFilesystem(
  cluster: string,
  name: string,
  monitor: CommandLine,
  opts: pulumi.CustomResourceOptions,
): remote.Command {
  return monitor.host.run(
    `${cluster}-fs-${name}`,
    { script: filesystemScript(monitor.container, name) },
    opts,
  );
}
