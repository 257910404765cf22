import { type Change, type Properties, type ResourceType } from "../resource-type";
import { autoName } from "./auto-name";
import { isMissing, onDaemon } from "./connection";
import { labelMap } from "./container-blocks";
import { inputsOf } from "./inputs-of";
import { removeWhenFree } from "./remove-when-free";

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

  delete: (id, _state, { config }) =>
    removeWhenFree(
      () => onDaemon(config, (docker) => docker.getVolume(id).remove()),
      (error) => error.status === 409,
    ),
};

async function mountpoint(name: string, config: Properties): Promise<string> {
  return (await onDaemon(config, (docker) => docker.getVolume(name).inspect())).Mountpoint;
}
