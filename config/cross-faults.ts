import { type FoundFault } from "./faults";
import { applicationFaults } from "./application-faults";
import { cephUseFaults } from "./ceph-use-faults";
import { imageFaults } from "./image-faults";
import { contains, isDnsName } from "./formats";
import { harborFaults } from "./harbor-faults";
import { kubernetesFaults } from "./kubernetes-faults";
import { kubernetesStorageFaults } from "./kubernetes-storage-faults";
import { logShipperFaults } from "./log-shipper-faults";
import { loggingFaults } from "./logging-faults";
import { group, hostProblem, type KnownHost, list, text } from "./raw";
import { webAppFaults } from "./web-app-faults";

/**
 * What is wrong with fields beside each other. Looks at what is usable of a configuration that may have other faults,
 * so that all of them are reported together; what is not usable is skipped, as its own fault says enough.
 */
export function crossFaults(raw: unknown): FoundFault[] {
  const { hosts, engine, images, ceph, kubernetes, logging } = group(raw);
  const known = list(hosts).map((host) => ({
    name: text(group(host).name),
    address: text(group(host).address),
  }));
  return [
    ...repeated(known, "name"),
    ...repeated(known, "address"),
    ...imageFaults(group(images), group(engine)),
    ...countFaults(group(ceph)),
    ...["monitors", "managers", "metadataServers"].flatMap((role) =>
      memberFaults(role, list(group(ceph)[role]), known),
    ),
    ...addressFaults(group(ceph), known),
    ...osdFaults(list(group(ceph).osds).map(group), known),
    ...filesystemFaults(group(ceph)),
    ...cephUseFaults(group(ceph), known),
    ...kubernetesFaults(group(kubernetes), known, list(group(ceph).monitors)),
    ...kubernetesStorageFaults(group(kubernetes), group(ceph), known),
    ...applicationFaults(group(raw)),
    ...webAppFaults(group(raw)),
    ...loggingFaults(group(logging), group(ceph), known),
    ...logShipperFaults(group(group(logging).shippers), ["logging", "shippers"], known, kubernetes),
    ...harborFaults(group(raw), known),
  ];
}

function repeated(hosts: KnownHost[], field: "name" | "address"): FoundFault[] {
  return hosts.flatMap((host, index) => {
    const value = host[field];
    const first = hosts.findIndex((other) => other[field]?.toLowerCase() === value?.toLowerCase());
    if (value === undefined || first === index) return [];
    return { at: ["hosts", index, field], problem: `"${value}" is already the ${field} of hosts[${first}]` };
  });
}

function countFaults({ monitors, managers }: Record<string, unknown>): FoundFault[] {
  const faults: FoundFault[] = [];
  if (Array.isArray(monitors) && ![1, 3, 5].includes(monitors.length))
    faults.push({
      at: ["ceph", "monitors"],
      problem: `expected 1, 3 or 5 monitors, found ${monitors.length}: an even number survives no more failures than one less`,
    });
  if (Array.isArray(managers) && managers.length === 0)
    faults.push({ at: ["ceph", "managers"], problem: "expected at least 1 entry" });
  return faults;
}

function memberFaults(role: string, members: unknown[], hosts: KnownHost[]): FoundFault[] {
  return members.flatMap((member, index) => {
    const at = ["ceph", role, index];
    if (typeof member !== "string") return [];
    const problem = hostProblem(member, hosts);
    if (problem) return { at, problem };
    const first = members.indexOf(member);
    return first === index ? [] : { at, problem: `"${member}" is already in ${role}[${first}]` };
  });
}

/** Ceph finds its monitors by IP address, and they have to be on the network that it serves. */
function addressFaults(
  { publicNetwork, monitors }: Record<string, unknown>,
  hosts: KnownHost[],
): FoundFault[] {
  return hosts.flatMap(({ name, address = "" }, index) => {
    if (!list(monitors).includes(name)) return [];
    const at = ["hosts", index, "address"];
    if (isDnsName(address))
      return {
        at,
        problem: `"${address}" is a DNS name, but ${name} has a monitor, which needs an IP address`,
      };
    if (contains(text(publicNetwork) ?? "", address) === false)
      return {
        at,
        problem: `${address} is outside ceph.publicNetwork ${text(publicNetwork)}, but ${name} has a monitor`,
      };
    return [];
  });
}

/** An OSD has a device or a file; two on one store would write over each other. */
function osdFaults(osds: Record<string, unknown>[], hosts: KnownHost[]): FoundFault[] {
  const store = ({ host, device, file }: Record<string, unknown>) => JSON.stringify([host, device ?? file]);
  return osds.flatMap((osd, index) => {
    const at = ["ceph", "osds", index];
    const problem = text(osd.host) === undefined ? undefined : hostProblem(text(osd.host) ?? "", hosts);
    if (problem) return { at: [...at, "host"], problem };
    if ((osd.device === undefined) === (osd.file === undefined))
      return { at, problem: "expected either device or file" };
    const first = osds.findIndex((other) => store(other) === store(osd));
    return first === index ? [] : { at, problem: `the same store as osds[${first}]` };
  });
}

function filesystemFaults({ filesystems, metadataServers }: Record<string, unknown>): FoundFault[] {
  return list(filesystems).length > 0 && list(metadataServers).length === 0
    ? [{ at: ["ceph", "filesystems"], problem: "a file system needs at least 1 entry in metadataServers" }]
    : [];
}
