import { ports } from "../components/logging/paths";
import { type FoundFault } from "./faults";
import { isMisspelled } from "./misspelled";
import { group, hostProblem, type KnownHost, list, text } from "./raw";

type Raw = Record<string, unknown>;

/** What is wrong with the settings of the log store beside each other, the hosts and Ceph's mounts. */
export function loggingFaults(settings: Raw, ceph: Raw, hosts: KnownHost[]): FoundFault[] {
  const found =
    list(settings.hosts).length === 0
      ? withoutHosts(settings)
      : [
          ...hostFaults(list(settings.hosts), hosts),
          ...memoryFaults(settings),
          ...entryFaults(settings),
          ...repositoryFaults(settings, ceph),
        ];
  return found.map(({ at, problem }) => ({ at: ["logging", ...at], problem }));
}

/** Settings of a store that is on no host. */
function withoutHosts(settings: Raw): FoundFault[] {
  const others = Object.keys(settings).filter((key) => key !== "hosts");
  return others.length === 0 || isMisspelled("hosts", settings, ["logging"])
    ? []
    : [
        {
          at: ["hosts"],
          problem: `expected 1 or 3 hosts: without one there is nothing to set (${others.join(", ")})`,
        },
      ];
}

function hostFaults(names: unknown[], hosts: KnownHost[]): FoundFault[] {
  const count: FoundFault[] = [1, 3].includes(names.length)
    ? []
    : [
        {
          at: ["hosts"],
          problem: `expected 1 or 3 hosts, found ${names.length}: two survive no more failures than one`,
        },
      ];
  const members = names.flatMap((name, index): FoundFault[] => {
    if (typeof name !== "string") return [];
    const problem = hostProblem(name, hosts);
    if (problem) return [{ at: ["hosts", index], problem }];
    const first = names.indexOf(name);
    return first === index
      ? []
      : [{ at: ["hosts", index], problem: `"${name}" is already in hosts[${first}]` }];
  });
  return [...count, ...members];
}

/** What Elasticsearch has beside its heap, and the cache of files that its speed is of, need room as well. */
function memoryFaults({ heapMiB, memoryMiB = 4096 }: Raw): FoundFault[] {
  if (typeof heapMiB !== "number" || typeof memoryMiB !== "number") return [];
  const most = Math.floor(memoryMiB * 0.75);
  return heapMiB > most
    ? [{ at: ["heapMiB"], problem: `expected at most ${most}, three quarters of memoryMiB (${memoryMiB})` }]
    : [];
}

function entryFaults(settings: Raw): FoundFault[] {
  if (settings.entry === undefined)
    return isMisspelled("entry", settings, ["logging"])
      ? []
      : [{ at: ["entry"], problem: "missing: who may come in, such as { allow: [192.0.2.0/24] }" }];
  const { to, port } = group(settings.entry);
  const faults: FoundFault[] = [];
  if (to === "kibana" && settings.kibana === undefined)
    faults.push({ at: ["entry", "to"], problem: "there is no Kibana: logging.kibana is not set" });
  const [taken] = Object.entries(ports).find(([, number]) => number === port) ?? [];
  if (taken !== undefined)
    faults.push({
      at: ["entry", "port"],
      problem: `${String(port)} is a port of the log store itself (${taken})`,
    });
  return faults;
}

/** A cluster writes its copies together: the directory has to be the same one on all its hosts. */
function repositoryFaults(settings: Raw, ceph: Raw): FoundFault[] {
  const path = text(group(settings.repository).path);
  const names = list(settings.hosts);
  if (path === undefined || names.length < 2) return [];
  const mounts = list(ceph.mounts).map(group);
  const mount = mounts.find((one) => path.startsWith(`${text(one.path) ?? path}/`));
  const at = ["repository", "path"];
  if (!mount)
    return [
      { at, problem: "expected a directory below one of ceph.mounts, which all hosts of the store share" },
    ];
  if (mount.access === "read")
    return [{ at, problem: `${text(mount.path)} can't be written: its access is read` }];
  const without = names.filter((name) => !list(mount.hosts).includes(name));
  return without.length === 0
    ? []
    : [{ at, problem: `${text(mount.path)} is not mounted on ${without.map(String).join(", ")}` }];
}
