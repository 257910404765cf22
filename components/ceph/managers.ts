import { type remote } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { type ContainerFile } from "../container";
import { type Host } from "../hosts";
import { createDaemon } from "./daemon";
import { dataPath, managerCommand, metadataServerCommand } from "./daemons";
import { type Entity, keyringOf } from "./entity";
import { managerGate, metadataServerGate } from "./gates";

/** Most memory of a manager; its Python modules take some 300 MiB when idle. */
const managerMemoryMiB = 2048;
/** A manager loads its modules for up to a minute. */
const patience = 180;

export interface KeyedDaemonsArgs {
  hosts: Host[];
  /** Keys of the daemons, in the order of the hosts. */
  entities: Entity[];
  /** ceph.conf and the administrator's keyring. */
  files: ContainerFile[];
  /** What has to be there before the first. */
  after: remote.Command;
}

// The daemon reads its keyring as the user `ceph`, whose number differs between images.
const keyringFile = (kind: "mgr" | "mds", id: string, entity: Entity): ContainerFile => ({
  path: `${dataPath(kind, id)}/keyring`,
  content: keyringOf([entity]),
  mode: "0444",
});

/** A manager on each host, one after the other; gives the gate behind which one of them is active. */
export function createManagers(args: KeyedDaemonsArgs, parent: pulumi.Resource): remote.Command {
  let before = args.after;
  args.hosts.forEach((host, index) => {
    const id = host.hostName;
    const manager = createDaemon(
      {
        kind: "mgr",
        id,
        host,
        container: {
          command: managerCommand(id),
          files: [...args.files, keyringFile("mgr", id, args.entities[index] as Entity)],
          memoryMiB: managerMemoryMiB,
        },
        isBack: managerGate,
        patience,
      },
      [before],
      parent,
    );
    before = manager.back;
  });
  return before;
}

/** A metadata server on each host, one after the other; the first that comes is active, the others stand by. */
export function createMetadataServers(
  args: KeyedDaemonsArgs & { memoryMiB: number },
  parent: pulumi.Resource,
): remote.Command {
  let before = args.after;
  args.hosts.forEach((host, index) => {
    const id = host.hostName;
    const server = createDaemon(
      {
        kind: "mds",
        id,
        host,
        container: {
          command: metadataServerCommand(id),
          files: [...args.files, keyringFile("mds", id, args.entities[index] as Entity)],
          memoryMiB: args.memoryMiB,
        },
        okToStop: `mds ok-to-stop ${id}`,
        isBack: (gate) => metadataServerGate(id, gate),
        patience,
      },
      [before],
      parent,
    );
    before = server.back;
  });
  return before;
}
