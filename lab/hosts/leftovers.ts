import { existsSync } from "node:fs";
import { join } from "node:path";
import { findDocker, type Engine } from "../docker";
import { controlGroup, daemonMounts, daemonProcesses } from "../docker/daemon";
import { changes, readMachine, readSnapshot } from "../docker/machine";
import { controlGroups } from "../docker/processes";
import { bridge, labLabel } from "./addresses";

/**
 * What of the lab is on this machine: one line each, such as `container farmstack-lab-host1`. Empty after
 * `npm run lab:down`. Firewall and settings are compared with what they were while the lab remembers that, that is
 * until it has restored them.
 */
export async function leftovers(): Promise<string[]> {
  const engine = await findDocker();
  return [
    ...(engine ? await objects(engine) : []),
    ...(bridgeExists() ? [`bridge ${bridge}`] : []),
    ...daemonMounts().map((point) => `mount ${point}`),
    ...daemonProcesses().map((pid) => `process ${pid}`),
    ...controlGroups(controlGroup).map((path) => `control group ${path}`),
    ...(await machineChanges()),
  ];
}

export const bridgeExists = () => existsSync(join("/sys/class/net", bridge));

async function objects({ client }: Engine): Promise<string[]> {
  const ours = { filters: { label: [labLabel] } };
  const [containers, networks, { Volumes }] = await Promise.all([
    client.listContainers({ all: true, ...ours }),
    client.listNetworks(ours),
    client.listVolumes(ours),
  ]);
  return [
    ...containers.map(({ Names }) => `container ${(Names[0] ?? "").slice(1)}`),
    ...networks.map(({ Name }) => `network ${Name}`),
    ...(Volumes ?? []).map(({ Name }) => `volume ${Name}`),
  ];
}

async function machineChanges(): Promise<string[]> {
  return changes(await readSnapshot(), await readMachine());
}
