import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { treeFile } from "../../lab/stack-file";

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
const noDefaults = { "pulumi:disable-default-providers": ["docker", "kubernetes"] };

type Config = Record<string, unknown>;

/** A stack of so many hosts with Ceph: three monitors, an OSD and a mount on each host. */
export function hostsConfig(count: number): Config {
  const hosts = Array.from({ length: count }, (_, index) => ({
    name: `h${index + 1}`,
    // The network that is reserved for measurements.
    address: `198.18.${(index + 1) >> 8}.${(index + 1) & 255}`,
    hostKey,
  }));
  const names = hosts.map(({ name }) => name);
  return {
    ...noDefaults,
    "farmstack:hosts": hosts,
    "farmstack:ceph": {
      publicNetwork: "198.18.0.0/15",
      monitors: names.slice(0, 3),
      managers: names.slice(0, 2),
      osds: names.map((host) => ({ host, file: "osd0" })),
      metadataServers: names.slice(0, 2),
      filesystems: ["files"],
      mounts: [{ filesystem: "files", path: "/mnt/files", hosts: names }],
    },
    "farmstack:protectData": false,
  };
}

/** The dev stack as it is in the tree, on hosts that are never asked. */
export function devConfig(): Config {
  const { config } = parse(readFileSync(treeFile, "utf8")) as { config: Config };
  const hosts = config["farmstack:hosts"] as object[];
  return { ...config, ...noDefaults, "farmstack:hosts": hosts.map((host) => ({ ...host, hostKey })) };
}

/** The same with another image of Ceph. */
export function withOtherImage(config: Config): Config {
  const images = (config["farmstack:images"] ?? {}) as { overrides?: object };
  const overrides = { ...images.overrides, ceph: "quay.io/ceph/ceph:v20.2.99" };
  return { ...config, "farmstack:images": { ...images, overrides } };
}
