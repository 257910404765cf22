import { type Fault, type Properties, unknown } from "../resource-type";
import { parseHostKey } from "./host-key";

/** How to reach a host, as in the `connection` input of the official plugin. */
export interface Connection {
  host: string;
  /** The host's public key, as a line of authorized_keys. */
  hostKey: string;
  /** @default "root" */
  user?: string;
  /** @default 22 */
  port?: number;
  password?: string;
  privateKey?: string;
  privateKeyPassword?: string;
  /** @default $SSH_AUTH_SOCK */
  agentSocketPath?: string;
  /** Attempts after the first; -1: as many as the timeout allows. @default 10 */
  dialErrorLimit?: number;
  /** Seconds for one attempt, 0 for no limit. @default 15 */
  perDialTimeout?: number;
}

const known = [
  ...["host", "hostKey", "user", "port", "password", "privateKey", "privateKeyPassword", "agentSocketPath"],
  ...["dialErrorLimit", "perDialTimeout"],
];

/**
 * What is wrong with a connection. Messages never show its values. The official plugin takes any host key when none
 * is given; here it has to be given.
 */
export function checkConnection({ connection }: Properties): Fault[] {
  if (connection === undefined || connection === unknown) return [];
  if (typeof connection !== "object") return [{ property: "connection", reason: "must be an object" }];
  const faults = Object.keys(connection)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      property: `connection.${name}`,
      reason: `the lab's stand-in for command does not take "connection.${name}"`,
    }));
  for (const name of ["host", "hostKey"])
    if (!connection[name])
      faults.push({ property: `connection.${name}`, reason: `"connection.${name}" is needed` });
  const { hostKey } = connection;
  if (hostKey && hostKey !== unknown && !parseHostKey(hostKey))
    faults.push({
      property: "connection.hostKey",
      reason: 'must be a public key such as "ssh-ed25519 AAAA…" (ssh-keyscan shows it)',
    });
  return faults;
}
