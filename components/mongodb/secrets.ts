import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { generations, type Role, userName } from "./logins";

/** What is generated for a database. All of it is secret. */
export interface Passwords {
  /** Of the administrators, by their generation. */
  admins: pulumi.Output<string>[];
  client: pulumi.Output<string>;
  backup: pulumi.Output<string>;
  /** By which the members of a replica set know each other. */
  key: pulumi.Output<string>;
}

/**
 * Passwords of all administrators from the first on: whatever generation the database has got to, one of them fits.
 * Lowering the rotation would delete the only one that does, so they can be protected.
 */
export function createPasswords(
  name: string,
  rotation: number,
  parent: pulumi.Resource,
  protect: boolean,
): Passwords {
  const password = (role: Role, generation: number, kept: boolean) =>
    new random.RandomPassword(
      `${name}-${userName(role, generation)}`,
      { length: 32, special: false },
      { parent, protect: kept && protect },
    ).result;
  return {
    admins: generations(rotation).map((generation) => password("admin", generation, true)),
    client: password("client", rotation, false),
    backup: password("backup", rotation, false),
    key: new random.RandomBytes(`${name}-key`, { length: 512 }, { parent, protect }).base64,
  };
}

/** A Secret with texts. */
export const createSecret = (
  resource: string,
  metadata: { name: string; namespace: pulumi.Input<string> },
  texts: Record<string, pulumi.Input<string>>,
  opts: pulumi.CustomResourceOptions,
): core.Secret => new core.Secret(resource, { metadata, stringData: pulumi.secret(texts) }, opts);
