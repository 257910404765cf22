import { mountName } from "../components/ceph/mount-name";
import { type FoundFault } from "./faults";
import { group, hostProblem, type KnownHost, list, text } from "./raw";

/** What is wrong with pools, clients, mounts and options beside each other and the rest of the cluster. */
export function cephUseFaults(ceph: Record<string, unknown>, hosts: KnownHost[]): FoundFault[] {
  const filesystems = list(ceph.filesystems).map(text);
  const pools = list(ceph.pools).map(group);
  const clients = list(ceph.clients).map(group);
  const mounts = list(ceph.mounts).map(group);
  return [
    ...repeated(pools, "pools", "name"),
    ...repeated(clients, "clients", "name"),
    ...repeated(mounts, "mounts", "path", mountName), // resources are named by it
    ...pools.flatMap((pool, index) => poolFaults(pool, ["ceph", "pools", index], filesystems)),
    ...clients.flatMap((client, index) =>
      clientFaults(client, ["ceph", "clients", index], filesystems, pools),
    ),
    ...mounts.flatMap((mount, index) => mountFaults(mount, ["ceph", "mounts", index], filesystems, hosts)),
    ...optionFaults(group(ceph.settings), group(ceph.startupSettings)),
  ];
}

type At = (string | number)[];
type Names = (string | undefined)[];

function repeated(
  items: Record<string, unknown>[],
  list: string,
  field: string,
  nameOf = (value: string) => value,
): FoundFault[] {
  const names = items.map((item) => nameOf(text(item[field]) ?? ""));
  return items.flatMap((item, index) => {
    const value = text(item[field]);
    const first = names.indexOf(names[index] as string);
    if (value === undefined || first === index) return [];
    const what = items[first]?.[field] === value ? `is already the ${field}` : "has the name";
    return { at: ["ceph", list, index, field], problem: `"${value}" ${what} of ${list}[${first}]` };
  });
}

function poolFaults({ name, copies, minCopies }: Record<string, unknown>, at: At, filesystems: Names) {
  const faults: FoundFault[] = [];
  const owner = filesystems.find((one = "") => name === `${one}_data` || name === `${one}_metadata`);
  if (owner)
    faults.push({ at: [...at, "name"], problem: `"${text(name)}" is a pool of the file system ${owner}` });
  const [all, least] = [copies ?? 3, minCopies ?? 2];
  if (typeof all === "number" && typeof least === "number" && least > all)
    faults.push({ at: [...at, "minCopies"], problem: `${least} is more than there are copies (${all})` });
  return faults;
}

function clientFaults(
  client: Record<string, unknown>,
  at: At,
  filesystems: Names,
  pools: Record<string, unknown>[],
): FoundFault[] {
  const faults: FoundFault[] = [];
  if (/^(admin$|mount-)/.test(text(client.name) ?? ""))
    faults.push({ at: [...at, "name"], problem: `"${text(client.name)}" is a client of the program itself` });
  if (client.filesystem === undefined && client.pool === undefined)
    faults.push({ at, problem: "expected a filesystem or a pool, or it may do nothing" });
  faults.push(...unknownInCeph(client.filesystem, [...at, "filesystem"], filesystems, "filesystems"));
  faults.push(
    ...unknownInCeph(
      client.pool,
      [...at, "pool"],
      pools.map(({ name }) => text(name)),
      "pools",
    ),
  );
  if (client.kubernetes === true)
    for (const field of ["path", "access"].filter((one) => client[one] !== undefined))
      faults.push({ at: [...at, field], problem: "has no meaning for the client of Kubernetes" });
  return faults;
}

function mountFaults(
  mount: Record<string, unknown>,
  at: At,
  filesystems: Names,
  hosts: KnownHost[],
): FoundFault[] {
  return [
    ...unknownInCeph(mount.filesystem, [...at, "filesystem"], filesystems, "filesystems"),
    ...list(mount.hosts).flatMap((host, index) => {
      const problem = typeof host === "string" ? hostProblem(host, hosts) : undefined;
      return problem ? { at: [...at, "hosts", index], problem } : [];
    }),
  ];
}

/** What is wrong with a reference to something in a list of `ceph`, if anything. */
export function unknownInCeph(value: unknown, at: At, names: Names, list: string): FoundFault[] {
  const name = text(value);
  const allNamed = !names.includes(undefined); // or a wrong name would be reported here again
  return name === undefined || !allNamed || names.includes(name)
    ? []
    : [{ at, problem: `"${name}" is not one of ceph.${list} (${names.join(", ") || "there are none"})` }];
}

/** What stands in ceph.conf hides what is set while daemons run. */
function optionFaults(settings: Record<string, unknown>, startup: Record<string, unknown>): FoundFault[] {
  return Object.entries(settings).flatMap(([section, options]) =>
    Object.keys(group(options))
      .filter((option) => option in group(startup[section]))
      .map((option) => ({
        at: ["ceph", "settings", section, option],
        problem: `stands in ceph.startupSettings.${section} too`,
      })),
  );
}
