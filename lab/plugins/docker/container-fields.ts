import {
  devices,
  healthcheck,
  hosts,
  labels,
  mounts,
  networks,
  ports,
  ulimits,
  uploads,
  volumes,
} from "./container-blocks";
import { type Field, mapped, own, same } from "./field";

/** An amount of memory that the input has in MiB and Docker in bytes; negative ones mean "no limit" in both. */
const mebibytes = (change: Field["change"], path: string): Field =>
  mapped(
    change,
    path,
    (input: number) => (input > 0 ? input * 2 ** 20 : input),
    (seen: number) => (seen > 0 ? seen / 2 ** 20 : seen),
  );

/** Docker adds the prefix `CAP_` to the names of capabilities, or not, by version. */
const bare = (names: string[] = []) => names.map((name) => name.toUpperCase().replace(/^CAP_/, ""));

/**
 * All inputs of a container. Whether a change replaces it is what the official plugin does. Of those that it updates,
 * it really changes the limits and the restart policy; a changed healthcheck, init or tmpfs is only written to the
 * state, and shows as drift at the next refresh.
 */
export const containerFields: Record<string, Field> = {
  name: own("replace"),
  image: same("replace", "Image"),
  entrypoints: same("replace", "Entrypoint"),
  command: same("replace", "Cmd"),
  workingDir: same("replace", "WorkingDir"),
  user: same("replace", "User"),
  groupAdds: same("replace", "HostConfig.GroupAdd"),
  envs: same("replace", "Env"),
  labels,
  hostname: same("replace", "Hostname"),

  volumes,
  mounts,
  tmpfs: same("update", "HostConfig.Tmpfs"),
  uploads,
  readOnly: same("replace", "HostConfig.ReadonlyRootfs"),
  shmSize: mebibytes("replace", "HostConfig.ShmSize"),

  networkMode: same("replace", "HostConfig.NetworkMode"),
  networksAdvanced: networks,
  ports,
  hosts,
  dns: same("replace", "HostConfig.Dns"),
  dnsOpts: same("replace", "HostConfig.DnsOptions"),
  dnsSearches: same("replace", "HostConfig.DnsSearch"),

  pidMode: same("replace", "HostConfig.PidMode"),
  ipcMode: same("replace", "HostConfig.IpcMode"),
  cgroupnsMode: same("replace", "HostConfig.CgroupnsMode"),
  usernsMode: same("replace", "HostConfig.UsernsMode"),
  privileged: same("replace", "HostConfig.Privileged"),
  capabilities: {
    change: "replace",
    keys: ["adds", "drops"],
    write: ({ adds, drops }) => ({ "HostConfig.CapAdd": bare(adds), "HostConfig.CapDrop": bare(drops) }),
    read: ({ HostConfig }) => ({
      adds: bare(HostConfig.CapAdd ?? []),
      drops: bare(HostConfig.CapDrop ?? []),
    }),
  },
  securityOpts: same("replace", "HostConfig.SecurityOpt"),
  devices,
  sysctls: same("replace", "HostConfig.Sysctls"),
  ulimits,
  runtime: same("replace", "HostConfig.Runtime"),

  memory: mebibytes("update", "HostConfig.Memory"),
  memoryReservation: mebibytes("update", "HostConfig.MemoryReservation"),
  memorySwap: mebibytes("update", "HostConfig.MemorySwap"),
  cpuShares: same("update", "HostConfig.CpuShares"),
  cpuSet: same("update", "HostConfig.CpusetCpus"),
  cpus: mapped(
    "replace",
    "HostConfig.NanoCpus",
    (input: string) => Math.round(Number(input) * 1e9),
    (seen: number) => String(seen / 1e9),
  ),

  logDriver: same("replace", "HostConfig.LogConfig.Type"),
  logOpts: same("replace", "HostConfig.LogConfig.Config"),

  restart: same("update", "HostConfig.RestartPolicy.Name"),
  maxRetryCount: same("update", "HostConfig.RestartPolicy.MaximumRetryCount"),
  init: same("update", "HostConfig.Init"),
  healthcheck,
  stopSignal: same("replace", "StopSignal"),
  stopTimeout: same("replace", "StopTimeout"),
  rm: same("update", "HostConfig.AutoRemove"),

  start: own("update"),
  mustRun: own("update"),
  wait: own("update"),
  waitTimeout: own("update"),
  attach: own("update"),
  logs: own("update"),
  destroyGraceSeconds: own("update"),
  removeVolumes: own("update"),
};
