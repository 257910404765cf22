import * as pulumi from "@pulumi/pulumi";
import { CephCluster, Host, type PoolArgs } from "farmstack-components";

// Only what a schema can say stands in these args: no union, no function, no resource of this package. Hosts are known
// by their names.

/** A Linux machine, reached by SSH. */
export interface Machine {
  name: string;
  /** IP address or DNS name. */
  address: string;
  /** The machine's public key, an OpenSSH line such as `ssh-ed25519 AAAA…`. Any other key is refused. */
  hostKey: string;
  /** Devices that become OSDs, whole and empty; best by their paths below /dev/disk/by-id. @default none */
  disks?: string[];
  /** Directory for all data but that of the disks. @default /var/lib/farmstack */
  dataDirectory?: string;
}

/** The login on all machines; root, or one that may use sudo without a password. */
export interface Login {
  /** @default root */
  user?: string;
  /** @default 22 */
  port?: number;
  /** Private key; `~` is the home. @default the ssh agent is asked */
  privateKeyFile?: string;
}

/** A user of the cluster. */
export interface Client {
  /** Without `client.` in front. */
  name: string;
  /** File system that it works in. @default none */
  filesystem?: string;
  /** Directory of the file system that it is kept to. @default / */
  path?: string;
  /** @default false */
  readOnly?: boolean;
  /** Pool in which it has block devices. @default none */
  pool?: string;
}

export interface CephOnHostsArgs {
  machines: Machine[];
  login?: Login;
  /** Names of the machines that run a monitor: an odd number. */
  monitors: string[];
  /** Names of the machines that run a manager. */
  managers: string[];
  /** Names of the machines that run a metadata server. @default none */
  metadataServers?: string[];
  /** Network of clients and monitors, CIDR. */
  publicNetwork: string;
  /** Network of the copies between OSDs, CIDR. @default publicNetwork */
  clusterNetwork?: string;
  /** Names of the CephFS file systems. @default none */
  filesystems?: string[];
  /** Pools beside those of the file systems. @default none */
  pools?: PoolArgs[];
  /** Users of the cluster. @default none */
  clients?: Client[];
  /** Most memory of an OSD, MiB. @default 4096 */
  osdMemoryMiB?: number;
  /** Registry that holds a copy of every image, `host[:port][/path]`. @default each image's own */
  imageMirror?: string;
  /** Identity, monitors and OSDs can't be deleted. @default true */
  protect?: boolean;
}

/** Linux machines of one's own with a Ceph cluster on them. */
export class CephOnHosts extends pulumi.ComponentResource {
  /** Identity of the cluster. */
  public readonly fsid: pulumi.Output<string>;
  /** `mon_host`: the endpoints of all monitors, both protocols. */
  public readonly monitorAddresses: pulumi.Output<string>;
  /** Text of ceph.conf for clients. */
  public readonly cephConf: pulumi.Output<string>;
  /** Keyring of client.admin, a secret. */
  public readonly adminKeyring: pulumi.Output<string>;
  /** Keyring of each client, by its name, a secret. */
  public readonly clientKeyrings: pulumi.Output<Record<string, string>>;
  /** What to type to see the cluster's health. */
  public readonly healthCommand: pulumi.Output<string>;

  constructor(name: string, args: CephOnHostsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("farmstack:index:CephOnHosts", name, {}, opts);
    const { machines, imageMirror, login, metadataServers = [], clients = [], ...cluster } = args;
    const child = { parent: this };
    const ssh = {
      user: login?.user ?? "root",
      port: login?.port ?? 22,
      privateKeyFile: login?.privateKeyFile,
    };
    const images = { mirror: imageMirror, overrides: {} };

    const hosts = new Map(
      machines.map(({ name: its, address, hostKey, dataDirectory }) => [
        its,
        new Host(its, { address, hostKey, ssh, images, dataDirectory }, child),
      ]),
    );
    const named = (property: string, names: string[]) =>
      names.map((its, i) => {
        const host = hosts.get(its);
        if (host) return host;
        throw new pulumi.InputPropertyError({
          propertyPath: `${property}[${i}]`,
          reason: `${its} is none of the machines: ${[...hosts.keys()].join(", ")}`,
        });
      });

    const ceph = new CephCluster(
      name,
      {
        ...cluster,
        monitors: named("monitors", args.monitors),
        managers: named("managers", args.managers),
        metadataServers: named("metadataServers", metadataServers),
        osds: machines.flatMap(({ name: its, disks = [] }) =>
          disks.map((device) => ({ host: hosts.get(its) as Host, store: { device } })),
        ),
        clients: clients.map(({ readOnly, ...client }) => ({
          ...client,
          access: readOnly ? "read" : "read-write",
        })),
      },
      child,
    );

    this.fsid = ceph.fsid;
    this.monitorAddresses = pulumi.output(ceph.monitorAddresses);
    this.cephConf = ceph.cephConf;
    this.adminKeyring = ceph.adminKeyring;
    this.clientKeyrings = pulumi.output(ceph.clientKeyrings);
    this.healthCommand = pulumi.output(ceph.healthCommand);
    this.registerOutputs({
      fsid: this.fsid,
      monitorAddresses: this.monitorAddresses,
      cephConf: this.cephConf,
      adminKeyring: this.adminKeyring,
      clientKeyrings: this.clientKeyrings,
      healthCommand: this.healthCommand,
    });
  }
}
