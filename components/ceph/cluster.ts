import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { type Host } from "../hosts";
import { type CephSettings, memorySettings, mergeSettings, monHost, renderCephConf } from "./ceph-conf";
import { type KeyType } from "./cephx-key";
import { adminKeyringPath, cephConfPath, containerName } from "./daemons";
import { keyringOf, newEntity } from "./entity";
import { type Capabilities, capabilities } from "./keyring";
import { createFilesystem } from "./filesystem";
import { grantKeys } from "./grants";
import { createManagers, createMetadataServers } from "./keyed-daemons";
import { createMonitors } from "./monitors";
import { createOsds, type OsdArgs } from "./osds";

export interface CephClusterArgs {
  /** Hosts that run a monitor: an odd number, three or five for a cluster that survives the loss of one or two. */
  monitors: Host[];
  /** Hosts that run a manager; one is active, the others stand by. */
  managers: Host[];
  /** OSDs: one for each device, or for a lab each file. @default none */
  osds?: OsdArgs[];
  /** Hosts that run a metadata server; one is active for each file system, the others stand by. @default none */
  metadataServers?: Host[];
  /** Names of the CephFS file systems. @default none */
  filesystems?: string[];
  /** Most memory of an OSD, MiB; it aims at 80 % of it (`osd_memory_target`). @default 4096 */
  osdMemoryMiB?: number;
  /** Most memory of a metadata server, MiB; half of it is its cache. @default 4096 */
  metadataServerMemoryMiB?: number;
  /** Network of clients and monitors, CIDR. */
  publicNetwork: string;
  /** Network of the copies between OSDs, CIDR. @default publicNetwork */
  clusterNetwork?: string;
  /** Cipher of the generated keys. @default aes256k */
  keyType?: KeyType;
  /** Options of ceph.conf, by section. @default none */
  settings?: CephSettings;
  /**
   * The fsid and the keys can't be deleted before `pulumi state unprotect`. An OSD's are kept by its container, which
   * does not go before its data is safe without it. @default true
   */
  protect?: boolean;
}

/** Most memory of a manager; its Python modules take some 300 MiB when idle. */
const managerMemoryMiB = 2048;

/**
 * A Ceph cluster: monitors in quorum, managers, OSDs, and CephFS with its metadata servers. Its identity (fsid) and
 * its keys are made here and kept in the state, so every host gets the same ones and nothing is copied between hosts.
 *
 * A change goes through the daemons one at a time: each is touched only when the one before is back.
 * https://docs.ceph.com/en/latest/install/manual-deployment/
 */
export class CephCluster extends pulumi.ComponentResource {
  public readonly fsid: pulumi.Output<string>;
  /** `mon_host`: the endpoints of all monitors, both protocols. */
  public readonly monitorAddresses: string;
  /** Text of ceph.conf for clients. */
  public readonly cephConf: pulumi.Output<string>;
  /** Keyring of client.admin, a secret. */
  public readonly adminKeyring: pulumi.Output<string>;
  /** What to type to see the cluster's health. */
  public readonly healthCommand: string;

  constructor(name: string, args: CephClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("farmstack:ceph:CephCluster", name, {}, opts);
    const { monitors, managers, keyType = "aes256k", protect = true } = args;
    const { osds = [], metadataServers = [], filesystems = [] } = args;
    const { osdMemoryMiB = 4096, metadataServerMemoryMiB = 4096 } = args;
    const [first] = monitors;
    if (!first) throw new pulumi.ResourceError(`${name}: a Ceph cluster needs a monitor`, this);
    const monitor = { host: first, container: containerName("mon", first.hostName) };
    const addresses = monitors.map((host) => ({ name: host.hostName, address: host.address }));

    // Identity and keys
    const kept = { parent: this, protect };
    const entity = (id: string, caps: Capabilities) => newEntity(name, id, { caps, keyType }, kept);
    this.fsid = new random.RandomUuid(`${name}-fsid`, {}, kept).result;
    const admin = entity("client.admin", capabilities.admin);
    const managerKeys = managers.map((host) => entity(`mgr.${host.hostName}`, capabilities.manager));
    const serverKeys = metadataServers.map((host) =>
      entity(`mds.${host.hostName}`, capabilities.metadataServer),
    );
    this.adminKeyring = keyringOf([admin]);

    // Configuration
    this.monitorAddresses = monHost(addresses);
    const memory = memorySettings({ osdMemoryMiB, metadataServerMemoryMiB });
    this.cephConf = this.fsid.apply((fsid) =>
      renderCephConf({
        ...args,
        fsid,
        monitors: addresses,
        settings: mergeSettings(memory, args.settings ?? {}),
      }),
    );
    const files = [
      { path: cephConfPath, content: this.cephConf },
      { path: adminKeyringPath, content: this.adminKeyring, mode: "0400" },
    ];

    // Daemons, in the order in which a change goes through them
    const seed = keyringOf([entity("mon.", capabilities.monitor), admin]);
    const quorum = createMonitors(name, { hosts: monitors, addresses, fsid: this.fsid, seed, files }, this);
    const auth = grantKeys(name, monitor, keyringOf([...managerKeys, ...serverKeys]), quorum, this);
    const managed = createManagers(
      { hosts: managers, entities: managerKeys, files, memoryMiB: managerMemoryMiB, after: auth },
      this,
    );
    const stored = createOsds(
      {
        cluster: name,
        osds,
        fsid: this.fsid,
        cephConf: this.cephConf,
        keyType,
        memoryMiB: osdMemoryMiB,
        files,
        monitor,
        after: managed,
      },
      this,
    );
    const served = createMetadataServers(
      {
        hosts: metadataServers,
        entities: serverKeys,
        files,
        after: stored,
        memoryMiB: metadataServerMemoryMiB,
      },
      this,
    );
    for (const filesystem of filesystems) createFilesystem(filesystem, monitor, served, this);

    this.healthCommand = first.shellCommand(`docker exec ${monitor.container} ceph -s`);
    this.registerOutputs({
      fsid: this.fsid,
      monitorAddresses: this.monitorAddresses,
      cephConf: this.cephConf,
      adminKeyring: this.adminKeyring,
      healthCommand: this.healthCommand,
    });
  }
}
