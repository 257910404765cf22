import type Docker from "dockerode";
import { type Change, type Properties, type ResourceType } from "../resource-type";
import { autoName } from "./auto-name";
import { isMissing, onDaemon } from "./connection";
import { labelMap } from "./container-blocks";
import { inputsOf } from "./inputs-of";
import { removeWhenFree } from "./remove-when-free";

const inputs: Record<string, Change> = {
  name: "replace",
  driver: "replace",
  internal: "replace",
  attachable: "replace",
  ipv6: "replace",
  ipamConfigs: "replace",
  options: "replace",
  labels: "replace",
};

/** docker:index/network:Network. A network cannot be changed, so nothing but its absence shows as drift. */
export const network: ResourceType = {
  inputs,
  required: [],

  defaults: (inputs, olds, name) => ({ ...inputs, name: autoName(inputs, olds, name) }),

  async create(inputs, { config }) {
    const { id } = await onDaemon(config, (docker) => docker.createNetwork(networkBody(inputs)));
    const seen = await onDaemon(config, (docker) => docker.getNetwork(id).inspect());
    return { id, outputs: { ...inputs, scope: seen.Scope } };
  },

  async read(id, state, { config }) {
    try {
      const seen: Docker.NetworkInspectInfo = await onDaemon(config, (docker) =>
        docker.getNetwork(id).inspect(),
      );
      const known = inputsOf(state, inputs);
      return { inputs: known, outputs: { ...known, scope: seen.Scope } };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  },

  delete: (id, _state, { config }) =>
    removeWhenFree(
      () => onDaemon(config, (docker) => docker.getNetwork(id).remove()),
      (error) => error.message.includes("has active endpoints"),
    ),
};

/** The body of Docker's create request for a network's inputs. */
export function networkBody(inputs: Properties): Docker.NetworkCreateOptions {
  const ipam: { subnet?: string; ipRange?: string; gateway?: string }[] | undefined = inputs.ipamConfigs;
  return {
    Name: inputs.name,
    Driver: inputs.driver,
    Internal: inputs.internal,
    Attachable: inputs.attachable,
    EnableIPv6: inputs.ipv6,
    Options: inputs.options,
    Labels: labelMap(inputs.labels ?? []),
    ...(ipam && {
      IPAM: {
        Driver: "default",
        Config: ipam.map(({ subnet, ipRange, gateway }) => ({
          ...(subnet && { Subnet: subnet }),
          ...(ipRange && { IPRange: ipRange }),
          ...(gateway && { Gateway: gateway }),
        })),
      },
    }),
  };
}
