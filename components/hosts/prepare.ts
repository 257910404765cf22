import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hostFunctions } from "./functions";
import { assignments } from "./shell";

/** The container engine of a host. https://docs.docker.com/reference/cli/dockerd/#daemon-configuration-file */
export interface EngineArgs {
  /** The distribution's own package, or Docker's repository. @default distribution */
  source: "distribution" | "docker-ce";
  /** Directory of images and containers. @default /var/lib/docker */
  dataRoot: string;
  /** Refuse a host where `dataRoot` is not a partition of its own. @default false */
  requireMount: boolean;
  /** Mirrors of Docker Hub, as URLs. @default none */
  registryMirrors: string[];
  /** Registries without TLS, `host:port`; for a lab. @default none */
  insecureRegistries: string[];
  /** Size at which a container's log is rotated. @default 50m */
  logMaxSize: string;
  /** Rotated files that are kept. @default 5 */
  logMaxFile: number;
  /** Containers survive a restart of the engine. @default true */
  liveRestore: boolean;
}

/** Everything else on a host that containers rely on. */
export interface SystemArgs {
  /** Name of the tz database. @default Etc/UTC */
  timezone: string;
  /** Install fonts that cover Chinese, Japanese and Korean. @default false */
  fonts: boolean;
  /** Kernel settings beyond those of `kernelSettings`, or instead of them. @default none */
  sysctls: Record<string, string | number>;
  /** Record accesses to the engine in the kernel's audit log. @default true */
  audit: boolean;
  /** Refuse a host whose clock nothing keeps right. @default true */
  checkClock: boolean;
  /** sshd MaxStartups. Each docker connection is an ssh connection; the usual 10:30:100 drops some. @default 100:30:200 */
  sshMaxStartups: string;
  /** sshd MaxSessions. @default 100 */
  sshMaxSessions: number;
}

/** Directory on each host for all data of a stack. */
export const defaultDataDirectory = "/var/lib/farmstack";

export const engineDefaults: EngineArgs = {
  source: "distribution",
  dataRoot: "/var/lib/docker",
  requireMount: false,
  registryMirrors: [],
  insecureRegistries: [],
  logMaxSize: "50m",
  logMaxFile: 5,
  liveRestore: true,
};

export const systemDefaults: SystemArgs = {
  timezone: "Etc/UTC",
  fonts: false,
  sysctls: {},
  audit: true,
  checkClock: true,
  sshMaxStartups: "100:30:200",
  sshMaxSessions: 100,
};

/** Kernel settings that every host gets. */
export const kernelSettings: Record<string, number> = {
  "fs.aio-max-nr": 1048576, // each OSD takes thousands of asynchronous I/O contexts
  "kernel.pid_max": 4194304, // https://docs.ceph.com/en/latest/start/hardware-recommendations/
  "vm.max_map_count": 1048576, // Elasticsearch maps its index files
};

export interface PrepareArgs {
  hostName: string;
  engine: EngineArgs;
  system: SystemArgs;
  dataDirectory: string;
  ssh: { user: string };
  /** The mirror, when the engine has to be told whom to trust. @default none */
  registry?: { address: string; ca?: string };
}

/** Rotation of containers' logs, as Docker's json-file driver takes it. */
export const logOptions = (engine: EngineArgs): Record<string, string> => ({
  "max-size": engine.logMaxSize,
  "max-file": String(engine.logMaxFile),
});

/** daemon.json of a host. */
export function daemonJson(engine: EngineArgs): string {
  const settings = {
    "data-root": engine.dataRoot,
    "live-restore": engine.liveRestore,
    "log-driver": "json-file",
    "log-opts": logOptions(engine),
    "registry-mirrors": engine.registryMirrors,
    "insecure-registries": engine.insecureRegistries,
  };
  return `${JSON.stringify(settings, null, 2)}\n`;
}

/** Text of /etc/sysctl.d/90-farmstack.conf. */
export function sysctlConf(system: SystemArgs): string {
  return Object.entries({ ...kernelSettings, ...system.sysctls })
    .map(([key, value]) => `${key} = ${value}\n`)
    .join("");
}

/** Audit rules for the engine, after the list in the CIS Docker Benchmark §1.1. */
export function auditRules(engine: EngineArgs): string {
  const watched = ["/usr/bin/dockerd", "/usr/bin/docker", "/etc/docker", "/run/docker.sock", engine.dataRoot];
  return watched.map((path) => `-w ${path} -p rwxa -k docker\n`).join("");
}

const body = readFileSync(join(__dirname, "prepare.sh"), "utf8");

/** The script that brings a host from bare to prepared. Text only: settings first, then functions.sh and prepare.sh as they are. */
export function prepareScript({
  hostName,
  engine,
  system,
  dataDirectory,
  ssh,
  registry,
}: PrepareArgs): string {
  const settings = {
    host: hostName,
    login: ssh.user,
    data_directory: dataDirectory,
    engine_source: engine.source,
    engine_data_root: engine.dataRoot,
    engine_require_mount: engine.requireMount,
    daemon_json: daemonJson(engine),
    sysctl_conf: sysctlConf(system),
    timezone: system.timezone,
    fonts: system.fonts,
    sshd_conf: `MaxStartups ${system.sshMaxStartups}\nMaxSessions ${system.sshMaxSessions}\n`,
    audit_rules: system.audit ? auditRules(engine) : "",
    check_clock: system.checkClock,
    registry: registry?.address ?? "",
    registry_ca: registry?.ca ?? "",
  };
  return `${assignments(settings)}\n${hostFunctions}\n${body}`;
}
