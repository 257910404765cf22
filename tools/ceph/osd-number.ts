import { type DeclaredOsd, type FoundOsd } from "./osds";
import { Refusal } from "../outcome";
import { type Tree } from "./placement";

/** An OSD as the cluster lists it. */
export interface ListedOsd {
  osd: number;
  uuid: string;
  up: number;
  in: number;
}

/**
 * The OSD of the cluster that a declared one is: by the identity in its store. When the store can't be had, because its
 * host is down or its disk was lost, it is the only OSD that is down under the host of that name in the CRUSH map, and
 * that no other store is of. `found` are all OSDs that are declared on the host. Throws when it can't be told.
 */
export function matchOsd(
  declared: DeclaredOsd,
  found: FoundOsd[],
  listed: ListedOsd[],
  tree: Tree,
): ListedOsd {
  const { host, device, container } = declared;
  const its = found.find((osd) => osd.container === container);
  const known = listed.find(({ uuid }) => uuid === its?.uuid);
  if (known) return known;
  if (its?.uuid !== undefined)
    throw new Refusal(
      `the cluster doesn't know the OSD on ${device} of ${host} (${its.uuid}): nothing to drain`,
    );

  const without = found.filter(({ uuid }) => uuid === undefined);
  const lost = listed.filter(
    (osd) =>
      osd.up === 0 && below(tree, host).includes(osd.osd) && !found.some(({ uuid }) => uuid === osd.uuid),
  );
  const [only] = lost;
  if (only && lost.length === 1 && without.length === 1) return only;
  const why = its?.problem ?? `${host} has no store of the OSD on ${device}`;
  throw new Error(
    lost.length === 0
      ? `${why}\nand the cluster has no OSD of ${host} that is down: nothing to drain`
      : `${why}\nIt is one of the OSDs ${lost.map(({ osd }) => osd).join(", ")}, and which one can't be told`,
  );
}

/** Numbers of the OSDs under a host of the CRUSH map. */
const below = ({ nodes }: Tree, host: string): number[] =>
  nodes.find(({ type, name }) => type === "host" && name === host)?.children ?? [];
