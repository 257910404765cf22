import { duration, nanoseconds } from "./duration";
import { type Field, mapped } from "./field";

// The inputs of a container that are lists or objects of their own, in both directions.

interface Label {
  label: string;
  value: string;
}

/** Labels as Docker has them. */
export function labelMap(labels: Label[]): Record<string, string> {
  return Object.fromEntries(labels.map(({ label, value }) => [label, value]));
}

export const labels = mapped(
  "replace",
  "Labels",
  labelMap,
  (seen: Record<string, string>) => Object.entries(seen).map(([label, value]) => ({ label, value })),
  ["label", "value"],
);

export const hosts = mapped(
  "replace",
  "HostConfig.ExtraHosts",
  (input: { host: string; ip: string }[]) => input.map(({ host, ip }) => `${host}:${ip}`),
  (seen: string[]) =>
    seen.map((entry) => ({
      host: entry.slice(0, entry.indexOf(":")),
      ip: entry.slice(entry.indexOf(":") + 1),
    })),
  ["host", "ip"],
);

interface Ulimit {
  name: string;
  soft: number;
  hard: number;
}

export const ulimits = mapped(
  "replace",
  "HostConfig.Ulimits",
  (input: Ulimit[]) => input.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
  (seen: { Name: string; Soft: number; Hard: number }[]) =>
    seen.map(({ Name, Soft, Hard }) => ({ name: Name, soft: Soft, hard: Hard })),
  ["name", "soft", "hard"],
);

interface Device {
  hostPath: string;
  /** @default hostPath */
  containerPath?: string;
  /** @default rwm */
  permissions?: string;
}

export const devices = mapped(
  "replace",
  "HostConfig.Devices",
  (input: Device[]) =>
    input.map(({ hostPath, containerPath, permissions }) => ({
      PathOnHost: hostPath,
      PathInContainer: containerPath ?? hostPath,
      CgroupPermissions: permissions ?? "rwm",
    })),
  (seen) =>
    seen.map(({ PathOnHost, PathInContainer, CgroupPermissions }) => ({
      hostPath: PathOnHost,
      containerPath: PathInContainer,
      permissions: CgroupPermissions,
    })),
  ["hostPath", "containerPath", "permissions"],
);

interface Port {
  internal: number;
  /** @default a free one */
  external?: number;
  /** @default 0.0.0.0 */
  ip?: string;
  /** @default tcp */
  protocol?: string;
}

type Bindings = Record<string, { HostIp: string; HostPort: string }[]>;

export const ports: Field = {
  change: "replace",
  keys: ["internal", "external", "ip", "protocol"],
  write(input: Port[]) {
    const bindings: Bindings = {};
    for (const { internal, external, ip, protocol } of input)
      (bindings[`${internal}/${protocol ?? "tcp"}`] ??= []).push({
        HostIp: ip ?? "0.0.0.0",
        HostPort: external ? String(external) : "",
      });
    const exposed = Object.fromEntries(Object.keys(bindings).map((port) => [port, {}]));
    return { ExposedPorts: exposed, "HostConfig.PortBindings": bindings };
  },
  read: ({ HostConfig }) =>
    Object.entries((HostConfig.PortBindings ?? {}) as Bindings).flatMap(([port, bindings]) => {
      const [internal, protocol] = port.split("/");
      return bindings.map(({ HostIp, HostPort }) => ({
        internal: Number(internal),
        ...(HostPort ? { external: Number(HostPort) } : {}),
        ip: HostIp,
        protocol,
      }));
    }),
};

interface Volume {
  containerPath?: string;
  hostPath?: string;
  volumeName?: string;
  fromContainer?: string;
  readOnly?: boolean;
}

const isBind = ({ hostPath, volumeName }: Volume) => Boolean(hostPath ?? volumeName);

export const volumes: Field = {
  change: "replace",
  keys: ["containerPath", "hostPath", "volumeName", "fromContainer", "readOnly"],
  write(input: Volume[]) {
    const binds = input.filter(isBind);
    const anonymous = input.filter((volume) => !isBind(volume) && !volume.fromContainer);
    return {
      "HostConfig.Binds": binds.map(
        ({ hostPath, volumeName, containerPath, readOnly }) =>
          `${hostPath ?? volumeName}:${containerPath}:${readOnly ? "ro" : "rw"}`,
      ),
      "HostConfig.VolumesFrom": input.flatMap(({ fromContainer }) => fromContainer ?? []),
      Volumes: Object.fromEntries(anonymous.map(({ containerPath }) => [containerPath, {}])),
    };
  },
  // Anonymous volumes cannot be told from those of the image and are left out.
  read: ({ HostConfig }) => [
    ...((HostConfig.Binds ?? []) as string[]).map((bind) => {
      const [source = "", containerPath, mode] = bind.split(":");
      const from = source.startsWith("/") ? { hostPath: source } : { volumeName: source };
      return { ...from, containerPath, readOnly: mode === "ro" };
    }),
    ...((HostConfig.VolumesFrom ?? []) as string[]).map((fromContainer) => ({ fromContainer })),
  ],
};

interface Mount {
  type: string;
  target: string;
  source?: string;
  readOnly?: boolean;
  bindOptions?: { propagation?: string };
  tmpfsOptions?: { sizeBytes?: number; mode?: number };
  volumeOptions?: { noCopy?: boolean };
}

interface DockerMount {
  Type: string;
  Target: string;
  Source?: string;
  ReadOnly?: boolean;
  BindOptions?: { Propagation?: string };
  TmpfsOptions?: { SizeBytes?: number; Mode?: number };
  VolumeOptions?: { NoCopy?: boolean };
}

export const mounts = mapped(
  "replace",
  "HostConfig.Mounts",
  (input: Mount[]): DockerMount[] =>
    input.map(({ type, target, source, readOnly, bindOptions, tmpfsOptions, volumeOptions }) => ({
      Type: type,
      Target: target,
      ...(source && { Source: source }),
      ...(readOnly && { ReadOnly: true }),
      ...(bindOptions && { BindOptions: { Propagation: bindOptions.propagation } }),
      ...(tmpfsOptions && { TmpfsOptions: { SizeBytes: tmpfsOptions.sizeBytes, Mode: tmpfsOptions.mode } }),
      ...(volumeOptions && { VolumeOptions: { NoCopy: volumeOptions.noCopy } }),
    })),
  (seen): Mount[] =>
    seen.map(({ Type, Target, Source, ReadOnly, BindOptions, TmpfsOptions, VolumeOptions }) => ({
      type: Type,
      target: Target,
      ...(Source && { source: Source }),
      ...(ReadOnly && { readOnly: true }),
      ...(BindOptions && { bindOptions: { propagation: BindOptions.Propagation } }),
      ...(TmpfsOptions && { tmpfsOptions: { sizeBytes: TmpfsOptions.SizeBytes, mode: TmpfsOptions.Mode } }),
      ...(VolumeOptions && { volumeOptions: { noCopy: VolumeOptions.NoCopy } }),
    })),
  ["type", "target", "source", "readOnly", "bindOptions", "tmpfsOptions", "volumeOptions"],
);

interface Healthcheck {
  tests?: string[];
  interval?: string;
  timeout?: string;
  startPeriod?: string;
  startInterval?: string;
  retries?: number;
}

interface DockerHealthcheck {
  Test?: string[];
  Interval?: number;
  Timeout?: number;
  StartPeriod?: number;
  StartInterval?: number;
  Retries?: number;
}

export const healthcheck = mapped(
  "update",
  "Healthcheck",
  (input: Healthcheck): DockerHealthcheck => ({
    Test: input.tests,
    Interval: nanoseconds(input.interval ?? "0s"),
    Timeout: nanoseconds(input.timeout ?? "0s"),
    StartPeriod: nanoseconds(input.startPeriod ?? "0s"),
    StartInterval: nanoseconds(input.startInterval ?? "0s"),
    Retries: input.retries ?? 0,
  }),
  (seen): Healthcheck => ({
    tests: seen.Test,
    interval: duration(seen.Interval ?? 0),
    timeout: duration(seen.Timeout ?? 0),
    startPeriod: duration(seen.StartPeriod ?? 0),
    startInterval: duration(seen.StartInterval ?? 0),
    retries: seen.Retries ?? 0,
  }),
  ["tests", "interval", "timeout", "startPeriod", "startInterval", "retries"],
);

/** Connected after the container was created; not read back, as in the official plugin. */
export const networks: Field = {
  change: "replace",
  keys: ["name", "aliases", "ipv4Address", "ipv6Address", "macAddress"],
};

/** Sent after the container was created; not read back. */
export const uploads: Field = {
  change: "replace",
  keys: ["file", "content", "contentBase64", "executable", "permissions", "owner", "group"],
};
