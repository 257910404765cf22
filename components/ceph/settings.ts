import { type remote } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { quote } from "../hosts/shell";
import { type CephSettings } from "./ceph-conf";
import { cephIn, type CommandLine } from "./command-line";

/** What the program sets when the stack's settings don't say otherwise. */
export function defaultSettings(limits: {
  osdMemoryMiB: number;
  metadataServerMemoryMiB: number;
}): CephSettings {
  // What the daemons may take of their containers' memory: the rest is for what they don't count.
  const part = (mebibytes: number, share: number) => Math.floor(mebibytes * share) * 1024 * 1024;
  return {
    global: { osd_pool_default_size: 3, osd_pool_default_min_size: 2 },
    // Otherwise clients older than 2021 may claim another's identity, and health warns of it.
    mon: { auth_allow_insecure_global_id_reclaim: false },
    osd: { osd_memory_target: part(limits.osdMemoryMiB, 0.8) },
    mds: { mds_cache_memory_limit: part(limits.metadataServerMemoryMiB, 0.5) },
  };
}

/** Script that sets an option for running daemons. One that takes effect at a restart only is refused. */
export function settingScript(
  monitor: string,
  section: string,
  option: string,
  value: string | number | boolean,
): string {
  const ceph = cephIn(monitor);
  return `
help=$(${ceph} config help ${quote(option)} --format json | tr -d ' \\n')
case $help in
*'"can_update_at_runtime":true'*) ;;
*'"can_update_at_runtime":false'*)
  echo ${quote(`${option} takes effect at a restart only: put it under ceph.startupSettings, and the daemons are restarted one at a time.`)} >&2
  exit 1
  ;;
esac
${ceph} config set ${quote(section)} ${quote(option)} ${quote(String(value))}
`;
}

/**
 * Options in the cluster's own configuration, which daemons take while they run. Each is a resource: what is no
 * longer declared goes back to Ceph's default.
 * https://docs.ceph.com/en/latest/rados/configuration/ceph-conf/#monitor-configuration-database
 */
export function applySettings(
  cluster: string,
  settings: CephSettings,
  monitor: CommandLine,
  opts: pulumi.CustomResourceOptions,
): remote.Command[] {
  return Object.entries(settings).flatMap(([section, options]) =>
    Object.entries(options).map(([option, value]) =>
      monitor.host.run(
        `${cluster}-setting-${section}-${option}`,
        {
          script: settingScript(monitor.container, section, option, value),
          undo: `${cephIn(monitor.container)} config rm ${quote(section)} ${quote(option)}`,
        },
        opts,
      ),
    ),
  );
}
