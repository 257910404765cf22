import { type FoundFault } from "./faults";
import { contains, isDnsName } from "./formats";
import { group, hostProblem, type KnownHost, list, text } from "./raw";

/** What is wrong with the settings of Kubernetes beside each other and the hosts. */
export function kubernetesFaults(settings: Record<string, unknown>, hosts: KnownHost[]): FoundFault[] {
  if (Object.keys(settings).length === 0) return []; // no cluster
  if (settings.kubeconfigFile !== undefined) return besideKubeconfig(settings);
  return [
    ...missing(settings),
    ...memberFaults(settings, hosts),
    ...addressFaults(settings, hosts),
    ...networkFaults(settings, hosts),
    ...endpointFaults(settings, hosts),
    ...sourceFaults(settings),
  ];
}

function besideKubeconfig(settings: Record<string, unknown>): FoundFault[] {
  return Object.keys(settings)
    .filter((key) => key !== "kubeconfigFile")
    .map((key) => ({
      at: ["kubernetes", key],
      problem: "has no meaning beside kubeconfigFile: that cluster is there already",
    }));
}

function missing({ version, controlPlane }: Record<string, unknown>): FoundFault[] {
  const faults: FoundFault[] = [];
  if (version === undefined) faults.push({ at: ["kubernetes", "version"], problem: "missing" });
  const count = list(controlPlane).length;
  if (controlPlane === undefined) faults.push({ at: ["kubernetes", "controlPlane"], problem: "missing" });
  else if (Array.isArray(controlPlane) && ![1, 3, 5].includes(count))
    faults.push({
      at: ["kubernetes", "controlPlane"],
      problem: `expected 1, 3 or 5 hosts, found ${count}: an even number survives no more failures than one less`,
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
    ...Object.entries(networks).flatMap(([key, cidr]) =>
      hosts
        .filter(({ address }) => contains(cidr, address ?? "") === true)
        .map(({ name, address }) => ({
          at: ["kubernetes", key],
          problem: `${cidr} contains ${address}, the address of ${name}`,
        })),
    ),
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
  return (packages === undefined) === (binaries === undefined)
    ? [{ at: ["kubernetes", "source"], problem: "expected either packages or binaries" }]
    : [];
}
