import { readFileSync } from "node:fs";
import { type Engine } from "../docker";
import { run } from "../run";
import { bridge, gateway, labLabel, networkName, subnet } from "./addresses";

/** The lab's network: a bridge of its own, with a way out for the packages that hosts install. */
export async function ensureNetwork({ client }: Engine): Promise<void> {
  const found = await client.listNetworks({ filters: { name: [networkName] } });
  if (found.some(({ Name }) => Name === networkName)) return;
  await client.createNetwork({
    Name: networkName,
    Driver: "bridge",
    IPAM: { Config: [{ Subnet: subnet, Gateway: gateway }] },
    Options: {
      "com.docker.network.bridge.name": bridge,
      "com.docker.network.driver.mtu": await mtu(),
    },
    Labels: { [labLabel]: "network" },
  });
}

/** That of the way out: larger packets would be lost where nothing tells the sender. */
async function mtu(): Promise<string> {
  const { stdout } = await run("ip", ["route", "show", "default"], { allow: [0, 1, 2] });
  const device = /\sdev (\S+)/.exec(stdout)?.[1];
  return device ? readFileSync(`/sys/class/net/${device}/mtu`, "utf8").trim() : "1500";
}
