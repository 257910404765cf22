/** Section (`global`, `mon`, `osd`, …) → option → value. https://docs.ceph.com/en/latest/rados/configuration/ */
export type CephSettings = Record<string, Record<string, string | number | boolean>>;

/** Both, option by option; where they differ the second one's. */
export function mergeSettings(first: CephSettings, second: CephSettings): CephSettings {
  const merged = { ...first };
  for (const [section, options] of Object.entries(second))
    merged[section] = { ...merged[section], ...options };
  return merged;
}

/** What the daemons may take of their containers' memory: the rest is for what they don't count. */
export function memorySettings(limits: {
  osdMemoryMiB: number;
  metadataServerMemoryMiB: number;
}): CephSettings {
  const part = (mebibytes: number, share: number) => Math.floor(mebibytes * share) * 1024 * 1024;
  return {
    osd: { osd_memory_target: part(limits.osdMemoryMiB, 0.8) },
    mds: { mds_cache_memory_limit: part(limits.metadataServerMemoryMiB, 0.5) },
  };
}

/** A monitor as clients and other monitors have to know it. */
export interface MonitorAddress {
  name: string;
  address: string;
}

export interface CephConfArgs {
  fsid: string;
  monitors: MonitorAddress[];
  publicNetwork: string;
  clusterNetwork?: string;
  /** Options that are added to those below, or replace them. */
  settings: CephSettings;
}

/** Both protocols of a monitor: messenger v2 on 3300 and v1 on 6789. An IPv6 address gets its brackets. */
export function monitorEndpoints(address: string): string {
  const host = address.includes(":") ? `[${address}]` : address;
  return `[v2:${host}:3300,v1:${host}:6789]`;
}

/** `mon_host`: the endpoints of all monitors. */
export const monHost = (monitors: MonitorAddress[]): string =>
  monitors.map(({ address }) => monitorEndpoints(address)).join(",");

/** Text of ceph.conf, the same for every daemon and client of the cluster. */
export function renderCephConf({
  fsid,
  monitors,
  publicNetwork,
  clusterNetwork,
  settings,
}: CephConfArgs): string {
  const sections: CephSettings = {
    global: {
      fsid,
      mon_initial_members: monitors.map(({ name }) => name).join(","),
      mon_host: monHost(monitors),
      public_network: publicNetwork,
      ...(clusterNetwork ? { cluster_network: clusterNetwork } : {}),
      auth_cluster_required: "cephx",
      auth_service_required: "cephx",
      auth_client_required: "cephx",
      osd_pool_default_size: 3,
      osd_pool_default_min_size: 2,
    },
    // Otherwise clients older than 2021 may claim another's identity, and health warns of it.
    mon: { auth_allow_insecure_global_id_reclaim: false },
  };
  return Object.entries(mergeSettings(sections, settings))
    .map(([section, options]) => `[${section}]\n${renderOptions(options)}`)
    .join("\n");
}

const renderOptions = (options: CephSettings[string]): string =>
  Object.entries(options)
    .map(([option, value]) => `${option} = ${value}\n`)
    .join("");
