import { quote } from "../../components/hosts/shell";
import { step } from "../../lab/progress";
import { lastLine, onHost } from "../connection";
import { Refusal } from "../outcome";
import { hostsOf, type Stack } from "../stack";
import { table } from "../table";

export interface Snapshot {
  /** File name. */
  name: string;
  /** Host whose etcd it was saved from. */
  of: string;
  /** ISO 8601. */
  time: string;
  bytes: number;
  /** Control planes that have the file; all of them, where the directory is on a shared file system. */
  on: string[];
}

export interface SnapshotList {
  stack: string;
  /** On the control planes. */
  directory: string;
  /** Newest first. */
  snapshots: Snapshot[];
  /** Hosts that could not be asked. */
  problems: string[];
}

/** Names of the control planes. Throws a Refusal when the stack has no cluster of its own. */
export function controlPlanesOf({ name, settings }: Stack): string[] {
  const { controlPlane, kubeconfigFile } = settings.kubernetes;
  if (kubeconfigFile !== undefined)
    throw new Refusal(`the cluster of stack ${name} is not the program's: it was there before`);
  if (controlPlane.length === 0) throw new Refusal(`stack ${name} has no Kubernetes cluster`);
  return controlPlane;
}

/** Asks each control plane for the snapshots that it has. Throws a Refusal when the stack saves none. */
export async function listSnapshots(stack: Stack): Promise<SnapshotList> {
  const hosts = hostsOf(stack, controlPlanesOf(stack));
  const directory = stack.settings.kubernetes.snapshots?.directory;
  if (directory === undefined)
    throw new Refusal(`stack ${stack.name} saves no snapshots: kubernetes.snapshots is not set`);
  const script = `[ ! -d ${quote(directory)} ] || find ${quote(`${directory}/`)} -maxdepth 1 -type f -name '*.db' -printf '%s %f\\n'`;
  const answers = await step("asking for snapshots", () =>
    Promise.all(
      hosts.map(async (host) => {
        const { code, stdout, stderr } = await onHost(host, script).catch((error: Error) => ({
          code: 1,
          stdout: "",
          stderr: error.message,
        }));
        return { host: host.name, lines: stdout.split("\n"), problem: code === 0 ? [] : [lastLine(stderr)] };
      }),
    ),
  );
  const found = new Map<string, Snapshot>();
  for (const { host, lines } of answers)
    for (const snapshot of lines.flatMap((line) => snapshotOf(line) ?? [])) {
      const key = `${snapshot.name} ${snapshot.bytes}`;
      found.set(key, { ...snapshot, on: [...(found.get(key)?.on ?? []), host] });
    }
  return {
    stack: stack.name,
    directory,
    snapshots: [...found.values()].sort((a, b) => b.time.localeCompare(a.time) || a.of.localeCompare(b.of)),
    problems: answers.flatMap(({ problem }) => problem),
  };
}

function snapshotOf(line: string): Omit<Snapshot, "on"> | undefined {
  const [, bytes = "", name = "", of = ""] = /^(\d+) ((.+)-\d{8}T\d{6}Z\.db)$/.exec(line) ?? [];
  const time = timeOf(name);
  return time === undefined ? undefined : { name, of, time, bytes: Number(bytes) };
}

/** Time in the name of a snapshot, ISO 8601; undefined when it has none. */
export function timeOf(name: string): string | undefined {
  const time = /-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.db$/.exec(name);
  return time ? `${time.slice(1, 4).join("-")}T${time.slice(4).join(":")}Z` : undefined;
}

export const mebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;

export function renderSnapshots({ directory, snapshots, problems }: SnapshotList): string {
  return [
    snapshots.length === 0
      ? `no snapshots in ${directory}`
      : table([
          ["snapshot", "time", "size", "on"],
          ...snapshots.map(({ name, time, bytes, on }) => [name, time, mebibytes(bytes), on.join(", ")]),
        ]),
    ...problems.map((problem) => `! ${problem}`),
  ].join("\n");
}
