import { port } from "./engine";

/** Names in DNS of the members, with the port. They stay the same whatever becomes of the pods. */
export const memberAddresses = (name: string, namespace: string, members: number): string[] =>
  Array.from({ length: members }, (_, index) => `${name}-${index}.${name}.${namespace}.svc:${port}`);

/**
 * What stands behind `mongodb://USER:PASSWORD@` in a client's address. Clients of a replica set find out themselves who
 * takes writes.
 * @param database the one that is meant when none is named; "": any
 */
export const clientAddress = (
  addresses: string[],
  replicaSet: string | undefined,
  database: string,
): string =>
  `${addresses.join(",")}/${database}?${replicaSet === undefined ? "" : `replicaSet=${replicaSet}&`}authSource=admin`;
