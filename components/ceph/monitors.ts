import { type remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type Container, type ContainerFile } from "../container";
import { type Host } from "../hosts";
import { type MonitorAddress } from "./ceph-conf";
import { createDaemon } from "./daemon";
import { containerName, dataPath, monitorCommand, monitorMemoryMiB } from "./daemons";
import { monitorGate, quorumGate } from "./gates";
import { monitorStoreScript } from "./monitor-store";
import { guardMonitors } from "./removal";
import { setStoreAside } from "./store";

const patience = 120;

export interface MonitorsArgs {
  hosts: Host[];
  addresses: MonitorAddress[];
  fsid: pulumi.Output<string>;
  /** Keyring that new stores start with. */
  seed: pulumi.Output<string>;
  /** ceph.conf and the administrator's keyring. */
  files: ContainerFile[];
  /** Whether a monitor that is no longer declared is stopped only when the others can do without it. */
  protect: boolean;
}

/**
 * A monitor on each host, and the gate behind which they are all in the quorum. Each monitor waits for the one
 * before, so a change takes them down one at a time.
 */
export function createMonitors(cluster: string, args: MonitorsArgs, parent: pulumi.Resource): remote.Command {
  const containers: Container[] = [];
  const [first] = args.hosts as [Host];
  const name = containerName("mon", first.hostName);
  const declared = args.hosts.map((host) => `${containerName("mon", host.hostName)}-container`);
  // Known to the engine in any case: the state of a run with protection asks for them.
  const guards = guardMonitors(cluster, declared, { host: first, container: name }, args.protect);
  const removal = args.protect ? guards : undefined;
  let before: remote.Command | undefined;
  for (const host of args.hosts) {
    const store = createStore(host, args, parent);
    const id = host.hostName;
    const monitor = createDaemon(
      {
        kind: "mon",
        id,
        host,
        container: {
          command: monitorCommand(id, host.address),
          files: args.files,
          volumes: [{ hostPath: storeDirectory(host), path: dataPath("mon", id) }],
          memoryMiB: monitorMemoryMiB,
          removal,
        },
        okToStop: `mon ok-to-stop ${id}`,
        isBack: (gate) => monitorGate(id, gate),
        patience,
      },
      before ? [store, before] : [store],
      parent,
    );
    containers.push(monitor.container);
    before = monitor.back;
  }

  return first.run(
    `${cluster}-quorum`,
    {
      script: pulumi.all(containers.map(({ containerId }) => containerId)).apply((ids) =>
        quorumGate(
          args.addresses.map((address) => address.name),
          {
            container: name,
            because: ids.join(" "),
            patience,
            look: first.shellCommand(`docker logs --tail 50 ${name}`),
          },
        ),
      ),
    },
    { parent, dependsOn: before },
  );
}

const storeDirectory = (host: Host): string => `${host.dataDirectory}/ceph/mon-${host.hostName}`;

function createStore(host: Host, args: MonitorsArgs, parent: pulumi.Resource): remote.Command {
  const monitor = { name: host.hostName, address: host.address };
  const script = pulumi.all([args.fsid, args.seed, host.image("ceph")]).apply(([fsid, keyring, image]) =>
    monitorStoreScript({
      monitor,
      monitors: args.addresses,
      fsid,
      keyring,
      image,
      directory: storeDirectory(host),
    }),
  );
  const name = containerName("mon", host.hostName);
  const undo = setStoreAside(storeDirectory(host), name);
  return host.run(`${name}-store`, { script, undo }, { parent, deleteBeforeReplace: false });
}
