import { quote } from "../../components/hosts/shell";
import { onHost, type RemoteHost } from "../connection";

export interface HostStatus {
  name: string;
  address: string;
  /** sshd answers, and lets the stack's login in. */
  reachable: boolean;
  /** Why not. */
  problem?: string;
  /** Version of the container engine; undefined while it does not run. */
  engine?: string;
  /** State of each of the stack's containers, by name: running, exited, …, or unhealthy when its own check says so. */
  containers: Record<string, string>;
}

/** Asks a host for its containers of a stack, in one connection. That it can't be reached is an answer. */
export async function hostStatus(host: RemoteHost, stack: string): Promise<HostStatus> {
  const { name, address } = host;
  try {
    const { stdout } = await onHost(host, question(stack), 30_000);
    return { name, address, ...readHost(stdout) };
  } catch (error) {
    return { name, address, reachable: false, problem: (error as Error).message, containers: {} };
  }
}

// A host that is not prepared yet has no docker, and one that was cut off says nothing of the end.
const question = (stack: string): string => `
echo reached
timeout 20 docker version --format 'engine {{.Server.Version}}' 2>/dev/null || true
timeout 20 docker ps --all --filter ${quote(`label=farmstack.stack=${stack}`)} --format '{{.Names}} {{.State}} {{.Status}}' 2>/dev/null || true
`;

/** What a host printed. Pure. */
export function readHost(printed: string): Omit<HostStatus, "name" | "address"> {
  const [reached, ...lines] = printed.trim().split("\n").filter(Boolean);
  if (reached !== "reached") return { reachable: false, problem: "no answer within 30 s", containers: {} };
  const engine = lines.find((line) => /^engine \d/.test(line))?.slice("engine ".length);
  const containers = lines.filter((line) => !line.startsWith("engine "));
  return { reachable: true, engine, containers: Object.fromEntries(containers.map(containerState)) };
}

/** Name and state in a line `NAME STATE STATUS…` of `docker ps`. */
function containerState(line: string): [string, string] {
  const [name = "", state = ""] = line.split(" ");
  return [name, line.endsWith("(unhealthy)") ? "unhealthy" : state];
}
