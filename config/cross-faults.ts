import { type FoundFault } from "./faults";
import { contains, isDnsName, label } from "./formats";

/**
 * What is wrong with fields beside each other. Looks at what is usable of a configuration that may have other faults,
 * so that all of them are reported together; what is not usable is skipped, as its own fault says enough.
 */
export function crossFaults(raw: unknown): FoundFault[] {
  const { hosts, ceph } = group(raw);
  const known = list(hosts).map((host) => ({
    name: text(group(host).name),
    address: text(group(host).address),
  }));
  return [
    ...repeated(known, "name"),
    ...repeated(known, "address"),
    ...countFaults(group(ceph)),
    ...["monitors", "managers"].flatMap((role) => memberFaults(role, list(group(ceph)[role]), known)),
    ...addressFaults(group(ceph), known),
  ];
}

interface KnownHost {
  name: string | undefined;
  address: string | undefined;
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
  const names = hosts.flatMap(({ name }) => (name !== undefined && label.test(name) ? name : []));
  const allNamed = hosts.length > 0 && names.length === hosts.length; // or a wrong name would be reported here again
  return members.flatMap((member, index) => {
    const at = ["ceph", role, index];
    if (typeof member !== "string") return [];
    if (allNamed && !names.includes(member))
      return { at, problem: `"${member}" is not one of the hosts (${[...new Set(names)].join(", ")})` };
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

function group(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
