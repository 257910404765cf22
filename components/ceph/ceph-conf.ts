/** Section (`global`, `mon`, `osd`, …) → option → value. https://docs.ceph.com/en/latest/rados/configuration/ */
export type CephSettings = Record<string, Record<string, string | number | boolean>>;

/** Both, option by option; where they differ the second one's. */
export function mergeSettings(first: CephSettings, second: CephSettings): CephSettings {
  const merged = { ...first };
  for (const [section, options] of Object.entries(second))
    merged[section] = { ...merged[section], ...options };
  return merged;
}

/** A monitor as clients and other monitors have to know it. */
export interface MonitorAddress {
  name: string;
  address: string;
}

export interface CephConfArgs {
  fsid: string;
  /** @default left out: a client that is told of them in another way */
  monitors?: MonitorAddress[];
  publicNetwork: string;
  clusterNetwork?: string;
  /** Options that are added to those below, or replace them. */
  startupSettings: CephSettings;
}

/** Both protocols of a monitor: messenger v2 on 3300 and v1 on 6789. An IPv6 address gets its brackets. */
export function monitorEndpoints(address: string): string {
  const host = bracketed(address);
  return `[v2:${host}:3300,v1:${host}:6789]`;
}

/** A monitor's first protocol, which the kernel's clients speak without further options: `192.0.2.1:6789`. */
export const kernelAddress = (address: string): string => `${bracketed(address)}:6789`;

/** The monitors as the kernel's client wants them: `192.0.2.1:6789,…`. */
export const kernelAddresses = (monitors: MonitorAddress[]): string =>
  monitors.map(({ address }) => kernelAddress(address)).join(",");

const bracketed = (address: string) => (address.includes(":") ? `[${address}]` : address);

/** `mon_host`: the endpoints of all monitors. */
export const monHost = (monitors: MonitorAddress[]): string =>
  monitors.map(({ address }) => monitorEndpoints(address)).join(",");

/**
 * Text of ceph.conf, the same for every daemon and client of the cluster: what they need to find and trust each
 * other. Everything else is in the cluster's own configuration (settings.ts), since what stands here can't be changed
 * without a restart.
 */
export function renderCephConf({
  fsid,
  monitors,
  publicNetwork,
  clusterNetwork,
  startupSettings,
}: CephConfArgs): string {
  const sections: CephSettings = {
    global: {
      fsid,
      ...(monitors
        ? { mon_initial_members: monitors.map(({ name }) => name).join(","), mon_host: monHost(monitors) }
        : {}),
      public_network: publicNetwork,
      ...(clusterNetwork ? { cluster_network: clusterNetwork } : {}),
      auth_cluster_required: "cephx",
      auth_service_required: "cephx",
      auth_client_required: "cephx",
    },
  };
  return Object.entries(mergeSettings(sections, startupSettings))
    .map(([section, options]) => `[${section}]\n${renderOptions(options)}`)
    .join("\n");
}

const renderOptions = (options: CephSettings[string]): string =>
  Object.entries(options)
    .map(([option, value]) => `${option} = ${value}\n`)
    .join("");
