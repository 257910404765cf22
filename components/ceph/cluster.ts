import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { type Host } from "../hosts";
import { type CephSettings, mergeSettings, monHost, type MonitorAddress, renderCephConf } from "./ceph-conf";
import { type KeyType } from "./cephx-key";
import { type ClientArgs, createClient } from "./clients";
import { type CommandLine } from "./command-line";
import { adminKeyringPath, cephConfPath, containerName, managerMemoryMiB } from "./daemons";
import { type Entity, keyringOf, newEntity } from "./entity";
import { createFilesystem } from "./filesystem";
import { grant } from "./grants";
import { createManagers, createMetadataServers } from "./keyed-daemons";
import { type Capabilities, capabilities } from "./keyring";
import { type ManagerModule } from "./manager-modules";
import { enableModules } from "./modules";
import { createMonitors } from "./monitors";
import { createMount, type MountArgs } from "./mount";
import { createOsds, type OsdArgs } from "./osds";
import { createPool, type PoolArgs } from "./pools";
import { applySettings, defaultSettings } from "./settings";

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
  /** Pools beside those of the file systems. @default none */
  pools?: PoolArgs[];
  /** Users of the cluster. @default none */
  clients?: ClientArgs[];
  /** File systems that are mounted on hosts. @default none */
  mounts?: MountArgs[];
  /** Modules of the manager that are on. @default none */
  managerModules?: ManagerModule[];
  /** Options that daemons take while they run, by section; in the cluster's own configuration. @default none */
  settings?: CephSettings;
  /** Options that daemons take when they start, by section; in ceph.conf. A change restarts all of them. @default none */
  startupSettings?: CephSettings;
  /**
   * The fsid and the keys of the monitors and the administrator can't be deleted before `pulumi state unprotect`, and
   * monitors and OSDs are stopped only when the cluster can do without them. @default true
   */
  protect?: boolean;
}

/**
 * A Ceph cluster: monitors in quorum, managers, OSDs, and CephFS with its metadata servers. Its identity (fsid) and
 * its keys are made here and kept in the state, so every host gets the same ones and nothing is copied between hosts.
 *
 * A change goes through the daemons one at a time: each is touched only when the one before is back.
 * https://docs.ceph.com/en/latest/install/manual-deployment/
 */
export class CephCluster extends pulumi.ComponentResource {
  /** Identity of the cluster, a UUID. */
  public readonly fsid: pulumi.Output<string>;
  /** `mon_host`: the endpoints of all monitors, both protocols. */
  public readonly monitorAddresses: string;
  /** Text of ceph.conf for clients. */
  public readonly cephConf: pulumi.Output<string>;
  /** Keyring of client.admin, a secret. */
  public readonly adminKeyring: pulumi.Output<string>;
  /** Keyring of each client, by its name, secrets. */
  public readonly clientKeyrings: Record<string, pulumi.Output<string>>;
  /** Password of the dashboard's user `admin`, a secret; undefined without the dashboard. */
  public readonly dashboardPassword: pulumi.Output<string> | undefined;
  /** What to type to see the cluster's health. */
  public readonly healthCommand: string;

  constructor(name: string, args: CephClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("farmstack:ceph:CephCluster", name, {}, opts);
    const { monitors, managers, keyType = "aes256k", protect = true } = args;
    const { osds = [], metadataServers = [], filesystems = [], pools = [], clients = [], mounts = [] } = args;
    const { osdMemoryMiB = 4096, metadataServerMemoryMiB = 4096 } = args;
    const { managerModules = [], settings = {}, startupSettings = {} } = args;
    const [first] = monitors;
    if (!first) throw new pulumi.ResourceError(`${name}: a Ceph cluster needs a monitor`, this);
    const monitor: CommandLine = { host: first, container: containerName("mon", first.hostName) };
    const addresses = monitors.map((host) => ({ name: host.hostName, address: host.address }));

    // Identity and keys
    const entity = (id: string, caps: Capabilities, keep = false) =>
      newEntity(name, id, { caps, keyType }, { parent: this, protect: keep && protect });
    this.fsid = new random.RandomUuid(`${name}-fsid`, {}, { parent: this, protect }).result;
    const admin = entity("client.admin", capabilities.admin, true);
    const seed = keyringOf([entity("mon.", capabilities.monitor, true), admin]);
    this.adminKeyring = keyringOf([admin]);

    // Configuration
    this.monitorAddresses = monHost(addresses);
    const conf = (its: CephSettings, monitors?: MonitorAddress[]) =>
      this.fsid.apply((fsid) => renderCephConf({ ...args, fsid, monitors, startupSettings: its }));
    const daemonConf = conf(startupSettings, addresses);
    const ofClients = clientSections(startupSettings);
    this.cephConf = conf(ofClients, addresses);
    const files = [
      { path: cephConfPath, content: daemonConf },
      { path: adminKeyringPath, content: this.adminKeyring, mode: "0400" },
    ];

    // Daemons, in the order in which a change goes through them
    const quorum = createMonitors(
      name,
      { hosts: monitors, addresses, fsid: this.fsid, seed, files, protect },
      this,
    );
    const inQuorum = { parent: this, dependsOn: quorum };
    const set = applySettings(
      name,
      mergeSettings(defaultSettings({ osdMemoryMiB, metadataServerMemoryMiB }), settings),
      monitor,
      inQuorum,
    );
    const keyed = (kind: "mgr" | "mds", hosts: Host[], caps: Capabilities) => {
      const entities: Entity[] = hosts.map((host) => entity(`${kind}.${host.hostName}`, caps));
      return { hosts, entities, grants: entities.map((its) => grant(name, monitor, its, inQuorum)), files };
    };
    const managed = createManagers(
      {
        ...keyed("mgr", managers, capabilities.manager),
        memoryMiB: managerMemoryMiB,
        after: [quorum, ...set],
      },
      this,
    );
    const stored = createOsds(
      {
        cluster: name,
        osds,
        fsid: this.fsid,
        cephConf: daemonConf,
        adminKeyring: this.adminKeyring,
        keyType,
        memoryMiB: osdMemoryMiB,
        files,
        monitor,
        protect,
        after: managed,
      },
      this,
    );
    const served = createMetadataServers(
      {
        ...keyed("mds", metadataServers, capabilities.metadataServer),
        memoryMiB: metadataServerMemoryMiB,
        after: stored,
      },
      this,
    );

    // What is in the cluster
    const afterDaemons = { parent: this, dependsOn: served };
    this.dashboardPassword = enableModules(name, managerModules, monitor, afterDaemons);
    const places = [
      ...filesystems.map((filesystem) => createFilesystem(name, filesystem, monitor, afterDaemons)),
      ...pools.map((pool) => createPool(name, pool, monitor, afterDaemons)),
    ];
    const afterPlaces = { parent: this, dependsOn: [...served, ...places] };
    this.clientKeyrings = Object.fromEntries(
      clients.map((client) => [client.name, createClient(name, client, monitor, afterPlaces)]),
    );
    const context = {
      cluster: name,
      monitor,
      monitors: addresses,
      mountConf: conf(ofClients),
    };
    for (const mount of mounts) createMount(mount, context, afterPlaces);

    this.healthCommand = first.shellCommand(`docker exec ${monitor.container} ceph -s`);
    this.registerOutputs({
      fsid: this.fsid,
      monitorAddresses: this.monitorAddresses,
      cephConf: this.cephConf,
      adminKeyring: this.adminKeyring,
      clientKeyrings: this.clientKeyrings,
      dashboardPassword: this.dashboardPassword,
      healthCommand: this.healthCommand,
    });
  }
}

/** What of ceph.conf is for clients. */
const clientSections = (settings: CephSettings): CephSettings =>
  Object.fromEntries(Object.entries(settings).filter(([section]) => /^client(\.|$)/.test(section)));
