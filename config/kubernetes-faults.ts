import { type FoundFault } from "./faults";
import { contains, isDnsName } from "./formats";
import { isMisspelled } from "./misspelled";
import { group, hostProblem, type KnownHost, list, text } from "./raw";

/** What is wrong with the settings of Kubernetes beside each other and the hosts. */
export function kubernetesFaults(
  settings: Record<string, unknown>,
  hosts: KnownHost[],
  monitors: unknown[],
): FoundFault[] {
  if (Object.keys(settings).length === 0) return []; // no cluster
  if (settings.kubeconfigFile !== undefined) return besideKubeconfig(settings);
  return [
    ...missing(settings),
    ...memberFaults(settings, hosts),
    // A monitor needs an IP address as well, and that is said once.
    ...addressFaults(
      settings,
      hosts.map((host) => (monitors.includes(host.name) ? { ...host, address: undefined } : host)),
    ),
    ...networkFaults(settings, hosts),
    ...endpointFaults(settings, hosts),
    ...sourceFaults(settings),
  ];
}

function besideKubeconfig(settings: Record<string, unknown>): FoundFault[] {
  const others = Object.keys(settings).filter(
    (key) => !["kubeconfigFile", "storage", "metrics"].includes(key),
  );
  return others.length === 0
    ? []
    : [
        {
          at: ["kubernetes", "kubeconfigFile"],
          problem: `that cluster is there already: nothing can stand beside it (${others.join(", ")})`,
        },
      ];
}

function missing(settings: Record<string, unknown>): FoundFault[] {
  const faults: FoundFault[] = ["version", "controlPlane"]
    .filter((key) => settings[key] === undefined && !isMisspelled(key, settings, ["kubernetes"]))
    .map((key) => ({ at: ["kubernetes", key], problem: "missing" }));
  const { controlPlane } = settings;
  if (Array.isArray(controlPlane) && ![1, 3, 5].includes(controlPlane.length))
    faults.push({
      at: ["kubernetes", "controlPlane"],
      problem: `expected 1, 3 or 5 hosts, found ${controlPlane.length}: an even number survives no more failures than one less`,
    });
  return faults;
}

/** A host has one role, once. */
function memberFaults(settings: Record<string, unknown>, hosts: KnownHost[]): FoundFault[] {
  const members = ["controlPlane", "workers"].flatMap((role) =>
    list(settings[role]).map((name, index) => ({ role, name, index })),
  );
  return members.flatMap(({ role, name, index }, position) => {
    const at = ["kubernetes", role, index];
    if (typeof name !== "string") return [];
    const problem = hostProblem(name, hosts);
    if (problem) return { at, problem };
    const first = members.findIndex((other) => other.name === name);
    const { role: itsRole, index: itsIndex } = members[first] ?? { role, index };
    return first === position ? [] : { at, problem: `"${name}" is already in ${itsRole}[${itsIndex}]` };
  });
}

/** Nodes are known to each other by their IP addresses. */
function addressFaults(settings: Record<string, unknown>, hosts: KnownHost[]): FoundFault[] {
  const members = [...list(settings.controlPlane), ...list(settings.workers)];
  return hosts.flatMap(({ name, address = "" }, index) =>
    members.includes(name) && isDnsName(address)
      ? {
          at: ["hosts", index, "address"],
          problem: `"${address}" is a DNS name, but ${name} is a node of Kubernetes, which needs an IP address`,
        }
      : [],
  );
}

/** What is inside of the cluster can't be reached by the same addresses outside. */
function networkFaults(settings: Record<string, unknown>, hosts: KnownHost[]): FoundFault[] {
  const network = (key: string, otherwise: string) => text(settings[key] ?? otherwise) ?? "";
  const networks = {
    podNetwork: network("podNetwork", "10.244.0.0/16"),
    serviceNetwork: network("serviceNetwork", "10.96.0.0/12"),
  };
  const { podNetwork, serviceNetwork } = networks;
  const start = (cidr: string) => cidr.split("/")[0] ?? "";
  const overlap =
    contains(podNetwork, start(serviceNetwork)) === true ||
    contains(serviceNetwork, start(podNetwork)) === true;
  return [
    ...(overlap
      ? [
          {
            at: ["kubernetes", "podNetwork"],
            problem: `${podNetwork} overlaps kubernetes.serviceNetwork ${serviceNetwork}`,
          },
        ]
      : []),
    ...Object.entries(networks).flatMap(([key, cidr]) => {
      const inside = hosts.find(({ address }) => contains(cidr, address ?? "") === true);
      return inside
        ? {
            at: ["kubernetes", key],
            problem: `${cidr} contains ${inside.address}, the address of ${inside.name}`,
          }
        : [];
    }),
  ];
}

function endpointFaults({ endpoint }: Record<string, unknown>, hosts: KnownHost[]): FoundFault[] {
  const address = text(group(endpoint).address);
  const owner = hosts.find((host) => host.address !== undefined && host.address === address);
  return owner
    ? [
        {
          at: ["kubernetes", "endpoint", "address"],
          problem: `${address} is the address of ${owner.name}: expected one that no machine has`,
        },
      ]
    : [];
}

function sourceFaults({ source }: Record<string, unknown>): FoundFault[] {
  if (source === undefined) return [];
  const { packages, binaries } = group(source);
  const at = ["kubernetes", "source"];
  if (["packages", "binaries"].some((key) => isMisspelled(key, group(source), at))) return [];
  return (packages === undefined) === (binaries === undefined)
    ? [{ at, problem: "expected either packages or binaries" }]
    : [];
}
