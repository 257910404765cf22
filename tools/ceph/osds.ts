import { containerName } from "../../components/ceph/daemons";
import { type OsdStore, storeName } from "../../components/ceph/osd-store";
import { quote } from "../../components/hosts/shell";
import { nearMiss } from "../../config/near-miss";
import { lastLine, onHost } from "../connection";
import { Refusal } from "../outcome";
import { hostsOf, type Stack } from "../stack";

/** An OSD as the stack's file declares it. */
export interface DeclaredOsd {
  host: string;
  /** Path of its device, or name of its file. */
  device: string;
  /** Name of its container on the host. */
  container: string;
}

/** A declared OSD, and what its host says of it. */
export interface FoundOsd extends DeclaredOsd {
  /** Identity of the OSD, by which the cluster knows it too; undefined when there is no store, or the host was not reached. */
  uuid?: string;
  /** State of its container, such as `running` or `exited`; undefined when there is none. */
  containerState?: string;
  /** Why the host could not be asked. */
  problem?: string;
}

export function declaredOsds({ settings }: Stack): (DeclaredOsd & { store: OsdStore })[] {
  return settings.ceph.osds.map(({ host, ...store }) => ({
    host,
    device: store.device ?? store.file ?? "",
    container: containerName("osd", `${host}-${storeName(store)}`),
    store,
  }));
}

/** The declared OSD on this host and device. Throws a Refusal with a near miss, or with all that there are. */
export function declaredOsd(stack: Stack, host: string, device: string): DeclaredOsd {
  const all = declaredOsds(stack);
  const onThisHost = all.filter((osd) => osd.host === host);
  const found = onThisHost.find((osd) => osd.device === device);
  if (found) return found;
  const wrongHost = onThisHost.length === 0;
  const known = wrongHost ? [...new Set(all.map((osd) => osd.host))] : onThisHost.map((osd) => osd.device);
  const near = nearMiss(wrongHost ? host : device, known);
  const hint = near ? `did you mean ${near}?` : `there are: ${known.join(", ") || "none"}`;
  throw new Refusal(
    wrongHost
      ? `ceph.osds has no OSD on a host ${host}; ${hint}`
      : `ceph.osds has no device or file ${device} on ${host}; ${hint}`,
  );
}

/**
 * Asks the hosts, or one of them, for the OSDs that the stack declares there, one connection to each. Never throws for
 * a host: its OSDs get a `problem`.
 */
export async function findOsds(stack: Stack, only?: string): Promise<FoundOsd[]> {
  const wanted = declaredOsds(stack).filter(({ host }) => only === undefined || host === only);
  const hosts = hostsOf(stack, [...new Set(wanted.map(({ host }) => host))]);
  const found = await Promise.all(
    hosts.map(async (host) => {
      const osds = wanted.filter((osd) => osd.host === host.name);
      const script = osds.map((osd) => lookScript(stack, osd)).join("");
      return onHost(host, script).then(
        ({ code, stdout, stderr }) =>
          code === 0
            ? osds.map((osd, index) => ({ ...plain(osd), ...parseLook(stdout.split("\n")[index] ?? "") }))
            : osds.map((osd) => ({ ...plain(osd), problem: lastLine(stderr) })),
        (error: Error) => osds.map((osd) => ({ ...plain(osd), problem: error.message })),
      );
    }),
  );
  return found.flat();
}

const plain = ({ host, device, container }: DeclaredOsd): DeclaredOsd => ({ host, device, container });

// The store has the identity whether or not its container runs; `-` stands for what is not there.
const lookScript = ({ settings }: Stack, osd: DeclaredOsd & { store: OsdStore }): string => `
uuid=$(cat ${quote(`${settings.dataDirectory}/ceph/osd-${storeName(osd.store)}/farmstack-identity`)} 2>/dev/null) || uuid=-
state=$(docker inspect --format '{{.State.Status}}' ${quote(osd.container)} 2>/dev/null) || state=-
echo "$uuid" "$state"
`;

function parseLook(line: string): { uuid?: string; containerState?: string } {
  const [uuid, containerState] = line
    .trim()
    .split(" ")
    .map((word) => (word === "-" ? undefined : word));
  return { uuid, containerState };
}
