import { type remote } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { type Host } from "../hosts";
import { quote } from "../hosts/shell";

/** Script that gives entities their keys and capabilities, in place of what the cluster has for them. */
export function grantScript(monitor: string, keyring: string): string {
  return `
docker exec --interactive ${quote(monitor)} ceph --connect-timeout 30 auth import -i - <<'KEYRING'
${keyring}KEYRING
`;
}

/** Tells the cluster the keys of the daemons and clients that the program made. */
export function grantKeys(
  cluster: string,
  monitor: { host: Host; container: string },
  keyring: pulumi.Output<string>,
  quorum: remote.Command,
  parent: pulumi.Resource,
): remote.Command {
  return monitor.host.run(
    `${cluster}-keys`,
    { script: keyring.apply((text) => grantScript(monitor.container, text)) },
    { parent, dependsOn: quorum },
  );
}
