import { type FoundFault } from "./faults";
import { group, list, text } from "./raw";
import { repeatedNames, strayNamespaces } from "./references";

type Raw = Record<string, unknown>;

/** What is wrong with namespaces and databases beside each other and the cluster. */
export function applicationFaults(raw: Raw): FoundFault[] {
  const namespaces = list(raw.namespaces).map(group);
  const databases = list(raw.databases).map(group);
  return [
    ...(namespaces.length > 0 && Object.keys(group(raw.kubernetes)).length === 0
      ? [{ at: ["namespaces"], problem: "namespaces need a cluster: kubernetes is not set" }]
      : []),
    ...(databases.length > 0 && group(raw.kubernetes).storage === undefined
      ? [{ at: ["databases"], problem: "databases need volumes: kubernetes.storage is not set" }]
      : []),
    ...repeatedNames("namespaces", namespaces),
    ...repeatedNames("databases", databases),
    ...strayNamespaces("databases", databases, namespaces),
    ...databases.flatMap((database, index) =>
      databaseFaults(database).map(({ at, problem }) => ({
        at: ["databases", index, ...at],
        problem,
      })),
    ),
    ...quotaFaults(namespaces, databases),
  ];
}

function databaseFaults(database: Raw): FoundFault[] {
  const faults: FoundFault[] = [];
  if (database.engine === "ferretdb" && database.members === 3)
    faults.push({ at: ["members"], problem: "ferretdb has 1 member" });
  const { rotation = 0, retired } = database;
  if (typeof rotation === "number" && typeof retired === "number" && retired >= rotation)
    faults.push({
      at: ["retired"],
      problem: `expected less than rotation (${rotation}), whose users are in use`,
    });
  return faults;
}

/** Pods beyond a quota are not made, and nothing says so but the events of who should make them. */
function quotaFaults(namespaces: Raw[], databases: Raw[]): FoundFault[] {
  const amount = (value: unknown, otherwise: number) =>
    value === undefined ? otherwise : typeof value === "number" ? value : 0;
  return namespaces.flatMap(({ name, quota }, index) => {
    const inside = databases.filter(({ namespace }) => text(name) !== undefined && namespace === name);
    const sum = (of: (database: Raw) => number) =>
      inside.reduce((total, database) => total + of(database), 0);
    const memory = sum(({ members, memoryMiB }) => amount(members, 0) * amount(memoryMiB, 2048)) / 1024;
    const storage = sum(
      ({ members, sizeGiB, backup }) =>
        amount(members, 0) * amount(sizeGiB, 0) + amount(group(backup).sizeGiB, 0),
    );
    const exceeded = (key: string, wanted: number, allowed: number): FoundFault[] =>
      wanted > allowed
        ? [
            {
              at: ["namespaces", index, "quota", key],
              problem: `expected at least ${Math.ceil(wanted)}, which the databases in it need`,
            },
          ]
        : [];
    return [
      ...exceeded("memoryGiB", memory, amount(group(quota).memoryGiB, 16)),
      ...exceeded("storageGiB", storage, amount(group(quota).storageGiB, 200)),
    ];
  });
}
