import { type StackState } from "../state";
import { byName } from "./values";

/** The Ceph cluster as the place where volumes are. */
export interface StorageBox {
  id: string;
  name: string;
  /** Such as `3 monitors, 6 OSDs`. */
  detail: string;
  /** File systems and pools. */
  stores: { id: string; kind: "file system" | "pool"; name: string }[];
}

/** Pure: the Ceph cluster of a state; undefined when there is none. */
export function storageOf({ resources }: StackState): StorageBox | undefined {
  const cluster = resources.find(({ type }) => type === "farmstack:ceph:CephCluster");
  if (!cluster) return undefined;
  const inside = resources.filter(({ parent }) => parent === cluster.urn);
  const named = (part: string) =>
    inside
      .filter(({ type }) => type === "command:remote:Command")
      .flatMap(({ name }) => new RegExp(`-${cluster.name}-${part}-(.+)$`).exec(name)?.[1] ?? [])
      .sort(byName);
  const daemons = (kind: string) =>
    inside.filter(
      ({ type, name }) =>
        type === "farmstack:container:Container" && name.startsWith(`${cluster.name}-${kind}-`),
    ).length;
  const stores = [
    ...named("fs").map((name) => ({ id: `storage/fs/${name}`, kind: "file system" as const, name })),
    ...named("pool").map((name) => ({ id: `storage/pool/${name}`, kind: "pool" as const, name })),
  ];
  const detail = `${counted(daemons("mon"), "monitor")}, ${counted(daemons("osd"), "OSD")}`;
  return { id: "storage", name: cluster.name, detail, stores };
}

export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
