import type Docker from "dockerode";
import { type Properties } from "../resource-type";

/**
 * Outputs of a container: its inputs and what only the daemon knows.
 * @param containerLogs what it wrote; only with `attach` and `logs`.
 */
export function containerOutputs(
  inputs: Properties,
  { State, NetworkSettings }: Docker.ContainerInspectInfo,
  containerLogs?: string,
): Properties {
  return {
    ...inputs,
    ...(containerLogs === undefined ? {} : { containerLogs }),
    exitCode: State.Running ? 0 : State.ExitCode,
    bridge: (NetworkSettings as { Bridge?: string }).Bridge ?? "",
    networkDatas: Object.entries(NetworkSettings.Networks ?? {})
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([networkName, network]) => ({
        networkName,
        ipAddress: network.IPAddress,
        ipPrefixLength: network.IPPrefixLen,
        gateway: network.Gateway,
        globalIpv6Address: network.GlobalIPv6Address,
        globalIpv6PrefixLength: network.GlobalIPv6PrefixLen,
        ipv6Gateway: network.IPv6Gateway,
        macAddress: network.MacAddress,
      })),
  };
}
