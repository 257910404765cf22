import { setTimeout as sleep } from "node:timers/promises";
import { type Change, type Properties, type ResourceType } from "../resource-type";
import { autoName } from "./auto-name";
import { DaemonError, isMissing, onDaemon } from "./connection";
import { labelMap } from "./container-blocks";
import { inputsOf } from "./inputs-of";

const inputs: Record<string, Change> = {
  name: "replace",
  driver: "replace",
  driverOpts: "replace",
  labels: "replace",
};

/**
 * docker:index/volume:Volume. Creating a volume that is there already takes it over with its content: that is what
 * Docker and the official plugin do.
 */
export const volume: ResourceType = {
  inputs,
  required: [],

  defaults: (inputs, olds, name) => ({ ...inputs, name: autoName(inputs, olds, name) }),

  async create(inputs, { config }) {
    const { name, driver, driverOpts, labels } = inputs;
    const options = { Name: name, Driver: driver, DriverOpts: driverOpts, Labels: labelMap(labels ?? []) };
    await onDaemon(config, (docker) => docker.createVolume(options));
    return { id: name, outputs: { ...inputs, mountpoint: await mountpoint(name, config) } };
  },

  async read(id, state, { config }) {
    try {
      const known = inputsOf(state, inputs);
      return { inputs: known, outputs: { ...known, mountpoint: await mountpoint(id, config) } };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  },

  /** Waits half a minute for containers that use it, as the official plugin does. */
  async delete(id, _state, { config }) {
    for (let left = 30; ; left--) {
      try {
        await onDaemon(config, (docker) => docker.getVolume(id).remove());
        return;
      } catch (error) {
        if (isMissing(error)) return;
        const inUse = error instanceof DaemonError && error.status === 409;
        if (!inUse || left === 0) throw error;
        await sleep(1000);
      }
    }
  },
};

async function mountpoint(name: string, config: Properties): Promise<string> {
  return (await onDaemon(config, (docker) => docker.getVolume(name).inspect())).Mountpoint;
}
