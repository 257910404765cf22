import { type ContainerCreateOptions, type Container } from "dockerode";
import { type Engine } from "../docker";
import { containerName, labLabel, networkName } from "./addresses";

interface Definition {
  name: string;
  address: string;
  options: ContainerCreateOptions;
  /** Clears the way for a new container. */
  clear?(): Promise<void>;
  /** Fills the new container before it starts. */
  prepare?(container: Container): Promise<void>;
}

/**
 * A container of the lab, running. Made when it isn't there; one that was made but never started may lack its files
 * and is made again.
 */
export async function ensureContainer(engine: Engine, definition: Definition): Promise<Container> {
  const name = containerName(definition.name);
  let container = engine.client.getContainer(name);
  const state = await stateOf(container);
  if (state === "running") return container;
  if (state === "created") await container.remove({ force: true, v: true });
  if (state === undefined || state === "created") {
    await definition.clear?.();
    const { options, address } = definition;
    container = await engine.client.createContainer({
      ...options,
      name,
      Hostname: definition.name,
      Labels: { [labLabel]: definition.name },
      NetworkingConfig: { EndpointsConfig: { [networkName]: { IPAMConfig: { IPv4Address: address } } } },
      HostConfig: { ...options.HostConfig, NetworkMode: networkName },
    });
    await definition.prepare?.(container);
  }
  await container.start();
  return container;
}

/** `created`, `running`, `exited`, …; undefined when there is none. Throws for a container that isn't the lab's. */
async function stateOf(container: Container): Promise<string | undefined> {
  const found = await container.inspect().catch((error: { statusCode?: number }) => {
    if (error.statusCode === 404) return undefined;
    throw error;
  });
  if (found && !(labLabel in found.Config.Labels)) {
    throw new Error(
      `a container ${found.Name.slice(1)} is there that isn't the lab's: docker rm ${found.Name.slice(1)}`,
    );
  }
  return found?.State.Status;
}
