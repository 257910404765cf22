import { type RemoteHost, shellCommand } from "../connection";
import { fault, ok, type Result, warning } from "./finding";
import { type HostNeeds } from "./needs";

/** What the script saw on a host. */
export interface Seen {
  /** Its clock at the start and the end of the script, ms; undefined when the script was cut. */
  clock: { start: number; end: number } | undefined;
  system: string;
  family: string;
  systemd: boolean;
  inContainer: boolean;
  /** How many services run that keep the clock right. */
  timeServices: number;
  memoryMiB: number;
  /** Swap areas that are on. */
  swaps: number;
  freeDataGiB: number;
  freeEngineGiB: number;
  /** Where Harbor keeps layers; 0 on other hosts. */
  freeLayersGiB: number;
  /** The engine's data root is a mount point. */
  mounted: boolean;
  /** By an OSD's file: `yes` when it is there. */
  files: Record<string, string>;
  /** By device: `missing`, or the signatures on it. */
  devices: Record<string, string>;
  controllers: string[];
  modules: Record<string, string>;
  knowsPorts: boolean;
  listens: { port: number; program: string }[];
  /** By registry: yes, no or unknown. */
  registries: Record<string, string>;
  /** Version of the engine that runs. */
  engine: string;
  /** It is a node of a cluster that is not the stack's. */
  foreignNode: boolean;
}

/** This machine's clock before and after the script, ms. */
export interface Asked {
  before: number;
  after: number;
}

/** Seconds by which a host's clock may be off; Ceph's monitors warn of a twentieth of one, certificates fail from minutes on. */
const clockLimit = { warning: 0.05, fault: 60 };
/** GiB that the engine's images and the daemons' own files want beside OSDs in files. */
const spare = 5;
/** GiB that Harbor asks for at least. https://goharbor.io/docs/2.15.0/install-config/installation-prereqs/ */
const layersRoom = 40;

/** What a host's answers mean for `pulumi up`. Pure. */
export function judge(needs: HostNeeds, seen: Seen, asked: Asked, host: RemoteHost): Result[] {
  const type = (command: string) => shellCommand(host, command);
  return [
    ...systemOf(seen, type),
    clockOf(seen, asked, type),
    ...(needs.checkClock ? [timeServiceOf(seen, type)] : []),
    ...disksOf(needs, seen, type),
    memoryOf(needs, seen, type),
    ...portsOf(needs, seen, type),
    ...kernelOf(needs, seen, type),
    ...registriesOf(seen, type),
  ];
}

type Type = (command: string) => string;

function systemOf({ system, family, systemd, engine, foreignNode }: Seen, type: Type): Result[] {
  return [
    family === "other"
      ? fault("system", `${system || "this system"} is neither Debian- nor RHEL-like`, "use another system")
      : ok("system", system),
    ...(systemd
      ? []
      : [fault("systemd", "there is none: the engine could not be started at boot", "use another system")]),
    ok("engine", engine ? `docker ${engine}` : "pulumi up installs it"),
    ...(foreignNode
      ? [
          fault(
            "Kubernetes",
            "it is a node of another cluster",
            `${type("kubeadm reset")}, if that cluster can do without it`,
          ),
        ]
      : []),
  ];
}

/** The clock's offset is only known to lie between two bounds; what counts is how far off it is for certain. */
function clockOf({ clock }: Seen, { before, after }: Asked, type: Type): Result {
  if (!clock) return ok("clock", "not seen");
  const least = clock.end - after;
  const most = clock.start - before;
  const off = Math.max(0, least, -most) / 1000;
  const said = `${off.toFixed(2)} s ${least > 0 ? "ahead of" : "behind"} this machine's, at least`;
  if (off > clockLimit.fault) return fault("clock", said, type("chronyc makestep"));
  if (off > clockLimit.warning)
    return warning("clock", said, `${type("chronyc tracking")}, and the same here`);
  return ok("clock", "right");
}

const timeServiceOf = ({ timeServices, inContainer }: Seen, type: Type): Result =>
  timeServices > 0 || inContainer
    ? ok("time service", inContainer ? "the machine's" : "runs")
    : fault(
        "time service",
        "nothing keeps the clock right",
        `${type("apt-get install chrony")} (or dnf), or set system.checkClock to false`,
      );

function disksOf(
  { dataDirectory, dataRoot, requireMount, layers, files, devices }: HostNeeds,
  seen: Seen,
  type: Type,
): Result[] {
  const wanted = files
    .filter(({ name }) => seen.files[name] !== "yes")
    .reduce((sum, { sizeGiB }) => sum + sizeGiB, 0);
  const free = `${seen.freeDataGiB.toFixed(1)} GiB free below ${dataDirectory}`;
  return [
    seen.freeDataGiB < wanted
      ? fault("disk", `${free}, and OSDs in files want ${wanted} GiB`, type(`df -h ${dataDirectory}`))
      : seen.freeDataGiB < wanted + spare
        ? warning(
            "disk",
            `${free}${wanted > 0 ? `, ${wanted} GiB of it for OSDs in files` : ""}`,
            type(`df -h ${dataDirectory}`),
          )
        : ok("disk", free),
    ...(seen.freeEngineGiB < spare
      ? [
          warning(
            "engine's disk",
            `${seen.freeEngineGiB.toFixed(1)} GiB free below ${dataRoot}`,
            type("docker system df"),
          ),
        ]
      : []),
    ...(layers !== undefined && seen.freeLayersGiB < layersRoom
      ? [
          warning(
            "Harbor's disk",
            `${seen.freeLayersGiB.toFixed(1)} GiB free for images in ${layers}; Harbor asks for ${layersRoom}`,
            `${type(`df -h ${layers}`)}, or set harbor.storage`,
          ),
        ]
      : []),
    ...(requireMount && !seen.mounted
      ? [
          fault(
            "engine's disk",
            `${dataRoot} is not a partition of its own`,
            `mount one there, or set engine.requireMount to false`,
          ),
        ]
      : []),
    ...devices.flatMap((device) => deviceOf(device, seen.devices[device] ?? "missing", type)),
  ];
}

function deviceOf(device: string, carries: string, type: Type): Result[] {
  if (carries === "missing")
    return [fault("OSD", `${device} is not a block device`, type("ls -l /dev/disk/by-id"))];
  if (carries !== "" && !/^ceph_bluestore$/.test(carries))
    return [
      fault(
        "OSD",
        `${device} carries ${carries}: it is never overwritten`,
        `${type(`lsblk -f ${device}`)}; empty it yourself if nothing on it is needed`,
      ),
    ];
  return [ok("OSD", `${device} ${carries === "" ? "is blank" : "is Ceph's"}`)];
}

function memoryOf({ memoryMiB }: HostNeeds, seen: Seen, type: Type): Result {
  const said = `the settings allow ${gib(memoryMiB)}, pods not counted; the host has ${gib(seen.memoryMiB)}`;
  return memoryMiB > seen.memoryMiB
    ? warning(
        "memory",
        said,
        `lower ceph.osdMemoryMiB, ceph.metadataServerMemoryMiB or another memoryMiB; ${type("free -m")}`,
      )
    : ok("memory", said);
}

const gib = (mib: number) => `${(mib / 1024).toFixed(1)} GiB`;

function portsOf({ ports }: HostNeeds, { listens, knowsPorts }: Seen, type: Type): Result[] {
  if (!knowsPorts) return [warning("ports", "there is no ss to see who listens", `install iproute2`)];
  const open = listens.find(({ port }) => port === 2375);
  const taken = ports.flatMap(({ port, what, programs }) =>
    listens
      .filter((one) => one.port === port && !programs.some((program) => one.program.startsWith(program)))
      .map(
        ({ program }) => `${program === "-" ? "something" : program} has port ${port}, which ${what} needs`,
      )
      .map((said) => fault("ports", said, type(`ss -ltnp 'sport = :${port}'`))),
  );
  return [
    ...new Map(taken.map((result) => [result.said, result])).values(),
    ...(open
      ? [
          fault(
            "ports",
            "the engine listens on 2375 without TLS: whoever reaches it is root",
            "remove tcp:// from its unit",
          ),
        ]
      : []),
    ...(taken.length === 0 && !open ? [ok("ports", `${ports.length} are free, or the stack's own`)] : []),
  ];
}

function kernelOf({ controllers, modules, isNode }: HostNeeds, seen: Seen, type: Type): Result[] {
  const lacking = controllers.filter((controller) => !seen.controllers.includes(controller));
  const missing = modules.filter((module) => seen.modules[module] !== "yes");
  return [
    ...(lacking.length > 0
      ? [
          fault(
            "cgroups",
            `without ${lacking.join(", ")}: limits would not hold`,
            `add cgroup_enable=${lacking[0]} to the kernel's command line, and boot`,
          ),
        ]
      : []),
    ...missing.map((module) => fault("kernel", `has no ${module}`, type(`modprobe ${module}`))),
    ...(isNode && seen.swaps > 0 && !seen.inContainer
      ? [
          fault(
            "swap",
            "is on, and the kubelet would not start",
            `${type("swapoff --all")}, and take swap out of /etc/fstab`,
          ),
        ]
      : []),
    ...(lacking.length + missing.length === 0 ? [ok("kernel", [...modules, ...controllers].join(", "))] : []),
  ];
}

const registriesOf = ({ registries }: Seen, type: Type): Result[] =>
  Object.entries(registries).map(([registry, reached]) => {
    if (reached === "yes") return ok("registry", registry);
    const at = registry.replace(/:(\d+)$/, " $1");
    return reached === "no"
      ? fault(
          "registry",
          `${registry} can't be reached from here: no image could be pulled`,
          type(`nc -vz ${at}`),
        )
      : warning("registry", `${registry}: there is no bash to try it with`, type(`nc -vz ${at}`));
  });
