import { type remote } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { cephIn, type CommandLine } from "./command-line";
import { type Entity, entityId, keyringOf } from "./entity";

/** Script that gives entities their keys and capabilities, in place of what the cluster has for them. */
export function grantScript(monitor: string, keyring: string): string {
  return `
${cephIn(monitor, "input")} auth import -i - <<'KEYRING'
${keyring}KEYRING
`;
}

/**
 * Tells the cluster the key and the capabilities of an entity that the program made. When the entity is no longer
 * declared, the cluster forgets it: sessions that it has go on until their tickets end, new ones are refused.
 * https://docs.ceph.com/en/latest/rados/operations/user-management/
 */
export function grant(
  cluster: string,
  monitor: CommandLine,
  entity: Entity,
  opts: pulumi.CustomResourceOptions,
): remote.Command {
  return monitor.host.run(
    `${cluster}-grant-${entityId(entity.entity)}`,
    {
      script: keyringOf([entity]).apply((text) => grantScript(monitor.container, text)),
      undo: `${cephIn(monitor.container)} auth rm ${entity.entity}`,
    },
    opts,
  );
}
