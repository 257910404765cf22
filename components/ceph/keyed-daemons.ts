import type * as pulumi from "@pulumi/pulumi";
import { type ContainerFile } from "../container";
import { type Host } from "../hosts";
import { createDaemon, type DaemonArgs } from "./daemon";
import { dataPath, managerCommand, metadataServerCommand } from "./daemons";
import { type Entity, keyringOf } from "./entity";
import { managerGate, metadataServerGate } from "./gates";

/** A manager loads its modules for up to a minute. */
const patience = 180;

/**
 * A manager that is active ends at once when it is asked to. One that stands by has no handler for SIGTERM, which the
 * kernel then keeps from the first process of a container: it is killed, and holds nothing that it could lose.
 */
const managerStopsWithin = 2;

export interface KeyedDaemonsArgs {
  hosts: Host[];
  /** Keys of the daemons, in the order of the hosts. */
  entities: Entity[];
  /** ceph.conf and the administrator's keyring. */
  files: ContainerFile[];
  /** Most memory of each, MiB. */
  memoryMiB: number;
  /** Grants of the keys, in the order of the hosts. */
  grants: pulumi.Resource[];
  /** What has to be there before the first. */
  after: pulumi.Resource[];
}

type Kind = Pick<DaemonArgs, "okToStop" | "isBack"> & {
  kind: "mgr" | "mds";
  command: pulumi.Input<string>[];
  /** Seconds that it has to end by itself. @default the container's */
  stopWithin?: number;
};

/** A manager on each host; gives the gate behind which one of them is active. */
export const createManagers = (args: KeyedDaemonsArgs, parent: pulumi.Resource): pulumi.Resource[] =>
  createOnEach(
    args,
    (id) => ({
      kind: "mgr",
      command: managerCommand(id),
      stopWithin: managerStopsWithin,
      isBack: managerGate,
    }),
    parent,
  );

/** A metadata server on each host; one for each file system is active, the others stand by. */
export const createMetadataServers = (args: KeyedDaemonsArgs, parent: pulumi.Resource): pulumi.Resource[] =>
  createOnEach(
    args,
    (id) => ({
      kind: "mds",
      command: metadataServerCommand(id),
      // One alone is needed always, and is changed nevertheless.
      okToStop: args.hosts.length > 1 ? `mds ok-to-stop ${id}` : undefined,
      isBack: (gate) => metadataServerGate(id, gate),
    }),
    parent,
  );

/** Daemons that hold nothing but a key, one after the other. */
function createOnEach(
  { hosts, entities, grants, files, memoryMiB, after }: KeyedDaemonsArgs,
  describe: (id: string) => Kind,
  parent: pulumi.Resource,
): pulumi.Resource[] {
  return hosts.reduce((before, host, index) => {
    const id = host.hostName;
    const { kind, command, stopWithin, ...gates } = describe(id);
    // The daemon reads its keyring as the user `ceph`, whose number differs between images.
    const keyring = {
      path: `${dataPath(kind, id)}/keyring`,
      content: keyringOf([entities[index] as Entity]),
      mode: "0444",
    };
    const container = { command, files: [...files, keyring], memoryMiB, stopWithin };
    const dependsOn = [...before, grants[index] as pulumi.Resource];
    return [createDaemon({ kind, id, host, container, patience, ...gates }, dependsOn, parent).back];
  }, after);
}
