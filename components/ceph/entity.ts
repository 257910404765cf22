import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { cephxKey, keyBytes, type KeyType } from "./cephx-key";
import { type Capabilities, type KeyringEntry, renderKeyring } from "./keyring";

/** An entity of the cluster with its key made by the program. */
export type Entity = Omit<KeyringEntry, "key"> & { key: pulumi.Output<string> };

export interface EntityArgs {
  caps: Capabilities;
  keyType: KeyType;
  /** Another number is another key. @default 0 */
  rotation?: number;
}

/** `mon.` → `mon`, `client.admin` → `client-admin`: an entity in the name of a resource. */
export const entityId = (entity: string): string => entity.replace(/\.$/, "").replaceAll(".", "-");

/** Makes the key of an entity; the same entity keeps its key until it is rotated. */
export function newEntity(
  cluster: string,
  entity: string,
  { caps, keyType, rotation = 0 }: EntityArgs,
  opts: pulumi.CustomResourceOptions,
): Entity {
  const bytes = new random.RandomBytes(
    `${cluster}-key-${entityId(entity)}`,
    { length: keyBytes(keyType), keepers: rotation === 0 ? undefined : { rotation: String(rotation) } },
    opts,
  );
  return {
    entity,
    caps,
    key: bytes.base64.apply((base64) => cephxKey(keyType, Buffer.from(base64, "base64"))),
  };
}

/** Text of a keyring with these entities, a secret. */
export function keyringOf(entities: Entity[]): pulumi.Output<string> {
  return pulumi.secret(
    pulumi
      .all(entities.map(({ key }) => key))
      .apply((keys) =>
        renderKeyring(entities.map(({ entity, caps }, i) => ({ entity, caps, key: keys[i] as string }))),
      ),
  );
}
