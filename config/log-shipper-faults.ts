import { type FoundFault } from "./faults";
import { group, hostProblem, type KnownHost, list, text } from "./raw";

type Raw = Record<string, unknown>;

/**
 * What is wrong with the shippers beside the hosts and the cluster.
 * @param at where they are in the configuration, such as `logging`, `shippers`
 */
export function logShipperFaults(
  shippers: Raw,
  at: string[],
  hosts: KnownHost[],
  kubernetes: unknown,
): FoundFault[] {
  return [
    ...hostFaults(list(shippers.hosts), [...at, "hosts"], hosts),
    ...repeated(list(shippers.exclude), [...at, "exclude"]),
    ...(shippers.kubernetes === true && !hasCluster(kubernetes)
      ? [
          {
            at: [...at, "kubernetes"],
            problem: "the stack has no Kubernetes: its settings are under kubernetes",
          },
        ]
      : []),
  ];
}

function hostFaults(names: unknown[], at: string[], hosts: KnownHost[]): FoundFault[] {
  const strangers = names.flatMap((name, index) => {
    const problem = typeof name === "string" ? hostProblem(name, hosts) : undefined;
    return problem ? [{ at: [...at, index], problem }] : [];
  });
  return [...strangers, ...repeated(names, at)];
}

function repeated(names: unknown[], at: string[]): FoundFault[] {
  return names.flatMap((name, index) => {
    const first = names.indexOf(name);
    return text(name) === undefined || first === index
      ? []
      : [{ at: [...at, index], problem: `"${text(name)}" is already in ${at.at(-1)}[${first}]` }];
  });
}

/** Whether the stack makes a cluster, or uses one; what is wrong with that is said elsewhere. */
const hasCluster = (kubernetes: unknown): boolean =>
  list(group(kubernetes).controlPlane).length > 0 || group(kubernetes).kubeconfigFile !== undefined;
