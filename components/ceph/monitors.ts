import { type remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { Container, type ContainerFile } from "../container";
import { type Host } from "../hosts";
import { type MonitorAddress } from "./ceph-conf";
import { adminSocket, containerName, dataPath, monitorCommand } from "./daemons";
import { monitorGate, quorumGate } from "./gates";
import { monitorStoreScript } from "./monitor-store";

/** Most memory of a monitor: what a middling cluster's takes, with room to spare. */
const memoryMiB = 2048;

/** A gate fails after so many tries, one a second. */
const patience = 120;

export interface MonitorsArgs {
  hosts: Host[];
  addresses: MonitorAddress[];
  fsid: pulumi.Output<string>;
  /** Keyring that new stores start with. */
  seed: pulumi.Output<string>;
  /** ceph.conf and the administrator's keyring. */
  files: ContainerFile[];
}

/**
 * A monitor on each host, and the gate behind which they are all in the quorum. Each monitor waits for the gate of
 * the one before, so a change takes them down one at a time.
 */
export function createMonitors(cluster: string, args: MonitorsArgs, parent: pulumi.Resource): remote.Command {
  const containers: Container[] = [];
  let before: remote.Command | undefined;
  for (const host of args.hosts) {
    const store = createStore(host, args, parent);
    const container = createMonitor(host, args, { parent, dependsOn: before ? [store, before] : [store] });
    before = host.run(
      `${container.containerName}-joined`,
      { script: container.containerId.apply((id) => monitorGate(host.hostName, gateArgs(host, id))) },
      { parent },
    );
    containers.push(container);
  }
  const first = args.hosts[0] as Host;
  const ids = pulumi.all(containers.map(({ containerId }) => containerId));
  return first.run(
    `${cluster}-quorum`,
    {
      script: ids.apply((all) =>
        quorumGate(
          args.addresses.map(({ name }) => name),
          gateArgs(first, all.join(" ")),
        ),
      ),
    },
    { parent, dependsOn: before },
  );
}

function gateArgs(host: Host, id: string) {
  const name = containerName("mon", host.hostName);
  return { container: { name, id }, patience, look: host.shellCommand(`docker logs --tail 50 ${name}`) };
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
  return host.run(`${containerName("mon", host.hostName)}-store`, { script }, { parent });
}

function createMonitor(host: Host, args: MonitorsArgs, opts: pulumi.ComponentResourceOptions): Container {
  const id = host.hostName;
  return new Container(
    containerName("mon", id),
    {
      host,
      image: "ceph",
      component: "ceph",
      command: monitorCommand(id, host.address),
      files: args.files,
      volumes: [{ hostPath: storeDirectory(host), path: dataPath("mon", id) }],
      tmpfs: { "/run/ceph": "mode=1777" },
      memoryMiB,
      health: {
        command: ["ceph", "--admin-daemon", adminSocket("mon", id), "mon_status"],
        interval: "30s",
      },
    },
    opts,
  );
}
