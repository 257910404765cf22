import { type remote } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { type Host } from "../hosts";
import { quote } from "../hosts/shell";

/** Script that makes a file system and its two pools where they are missing. https://docs.ceph.com/en/latest/cephfs/createfs/ */
export function filesystemScript(monitor: string, name: string): string {
  const ceph = `docker exec ${quote(monitor)} ceph --connect-timeout 30`;
  const pools = [`${name}_metadata`, `${name}_data`];
  return `
for pool in ${pools.map(quote).join(" ")}; do
  ${ceph} osd pool ls | grep -qxF "$pool" || ${ceph} osd pool create "$pool"
done
${ceph} fs ls --format json | grep -qF ${quote(`"name":"${name}"`)} || ${ceph} fs new ${quote(name)} ${pools.map(quote).join(" ")}
echo "file system ${name}: there"
`;
}

export function createFilesystem(
  name: string,
  monitor: { host: Host; container: string },
  after: pulumi.Resource,
  parent: pulumi.Resource,
): remote.Command {
  return monitor.host.run(
    `ceph-fs-${name}`,
    { script: filesystemScript(monitor.container, name) },
    { parent, dependsOn: after },
  );
}
