import * as pulumi from "@pulumi/pulumi";
import { CephCluster, Host } from "farmstack-components";

interface Machine {
  name: string;
  address: string;
  /** The host's public key, an OpenSSH line. */
  hostKey: string;
  /** Devices for OSDs, one each. */
  disks: string[];
}

const config = new pulumi.Config();
const ssh = { user: config.get("user") ?? "root", port: 22 };

// The machines: each with a container engine, and what Ceph wants of a kernel
const machines = config.requireObject<Machine[]>("machines").map(({ name, address, hostKey, disks }) => ({
  host: new Host(name, { address, hostKey, ssh }),
  disks,
}));
const hosts = machines.map(({ host }) => host);

// The cluster: a monitor on each, two managers, an OSD for each disk, and a file system
const ceph = new CephCluster("ceph", {
  publicNetwork: config.require("network"),
  monitors: hosts,
  managers: hosts.slice(0, 2),
  osds: machines.flatMap(({ host, disks }) => disks.map((device) => ({ host, store: { device } }))),
  metadataServers: hosts.slice(0, 2),
  filesystems: ["files"],
  clients: [{ name: "reader", filesystem: "files", access: "read" }],
});

export const health = ceph.healthCommand;
export const cephConf = ceph.cephConf;
export const keyrings = ceph.clientKeyrings;
