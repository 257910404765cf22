import { type remote } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { Container, type ContainerFile } from "../container";
import { type Host } from "../hosts";
import { adminSocket, containerName, dataPath, managerCommand } from "./daemons";
import { type Entity, keyringOf } from "./entity";
import { managerGate } from "./gates";

/** Most memory of a manager; its Python modules take some 300 MiB when idle. */
const memoryMiB = 2048;

/** The gate fails after so many tries, one a second; a manager loads its modules for up to a minute. */
const patience = 180;

export interface ManagersArgs {
  hosts: Host[];
  /** Keys of the managers, in the order of the hosts. */
  entities: Entity[];
  /** ceph.conf and the administrator's keyring. */
  files: ContainerFile[];
  /** The monitors' quorum, which managers need. */
  quorum: remote.Command;
}

/** A manager on each host, one after the other; gives the gate behind which one of them is active. */
export function createManagers(args: ManagersArgs, parent: pulumi.Resource): remote.Command {
  let before = args.quorum;
  args.hosts.forEach((host, index) => {
    const container = createManager(host, args.entities[index] as Entity, args.files, {
      parent,
      dependsOn: before,
    });
    const { containerName: name } = container;
    before = host.run(
      `${name}-active`,
      {
        script: container.containerId.apply((id) =>
          managerGate({
            container: { name, id },
            patience,
            look: host.shellCommand(`docker logs --tail 50 ${name}`),
          }),
        ),
      },
      { parent },
    );
  });
  return before;
}

function createManager(
  host: Host,
  entity: Entity,
  files: ContainerFile[],
  opts: pulumi.ComponentResourceOptions,
): Container {
  const id = host.hostName;
  return new Container(
    containerName("mgr", id),
    {
      host,
      image: "ceph",
      component: "ceph",
      command: managerCommand(id),
      // The daemon reads its keyring as the user `ceph`, whose number differs between images.
      files: [
        ...files,
        { path: `${dataPath("mgr", id)}/keyring`, content: keyringOf([entity]), mode: "0444" },
      ],
      tmpfs: { "/run/ceph": "mode=1777" },
      memoryMiB,
      health: { command: ["ceph", "--admin-daemon", adminSocket("mgr", id), "version"], interval: "30s" },
    },
    opts,
  );
}
