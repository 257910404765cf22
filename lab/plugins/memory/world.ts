import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { type Properties } from "../resource-type";
import { withLock } from "./lock";

/** What the stand-in plugins see of the outside in an engine test: one file, and nothing else. */
export interface World {
  /** By address as the program gives it (`connection.host`, or the provider's `host` without scheme, user and port). */
  hosts: Record<string, WorldHost>;
  /** Objects in Kubernetes, by the host of the API server that the kubeconfig names. A test that changes one makes drift. */
  clusters: Record<string, Properties[]>;
  /** Every create, update and delete that was begun on the host, in the order of their effects. */
  log: LogEntry[];
  /** What commands print; the first that matches. A command without one prints nothing and ends with 0. */
  answers: Answer[];
  faults: PlannedFault[];
  /** The engine is killed at the operation with this number: before its effect when odd, after it when even. */
  killAfter?: number;
  /** Creates, updates and deletes so far, of all plugins. */
  operations: number;
}

export interface WorldHost {
  containers: WorldContainer[];
  images: { name: string; id: string }[];
  networks: { name: string; id: string }[];
  volumes: { name: string }[];
  /** By path: the hash of the asset that was copied there. */
  files: Record<string, string>;
}

export interface WorldContainer {
  name: string;
  id: string;
  image: string;
  state: "running" | "exited";
  /** As the program gave them; a test that changes one makes drift. */
  inputs: Properties;
  labels: Record<string, string>;
}

export interface LogEntry {
  operation: "create" | "update" | "delete";
  /** Type token. */
  type: string;
  /** Logical name of the resource. */
  name: string;
  /** "local" for commands on this machine, "" where there is no host. */
  host: string;
  /** Command resources: what ran, if anything did. */
  script?: string;
  /** SHA-256 of the command's standard input, in hex. */
  stdin?: string;
  /** Milliseconds since 1970, planned delays included. */
  start: number;
  /** The message when it failed by itself, as by a name that is taken; planned faults are not written here. */
  failed?: string;
  /** Absent when the operation was broken off. */
  end?: number;
}

export interface Answer {
  /** Regular expression on the script and the standard input. */
  match: string;
  stdout?: string;
  /** @default 0 */
  code?: number;
}

/** Something that goes wrong, at the operations that match all of it. */
export interface PlannedFault {
  /** Regular expression on the type token. @default every type */
  type?: string;
  /** Regular expression on the logical name. @default every name */
  name?: string;
  operation: "create" | "update" | "delete" | "read";
  /** Before or after its effect on the world. A container that fails after its creation is there, as an unhealthy one. */
  when: "before" | "after";
  action: "fail" | "delay" | "crash-plugin" | "kill-engine";
  /** For delay. @default 0 */
  milliseconds?: number;
  /** How often it still happens. @default every time */
  times?: number;
}

/** The world in a file; what the file does not say is empty. */
export function readWorld(file: string): World {
  return { hosts: {}, clusters: {}, log: [], answers: [], faults: [], operations: 0, ...load(file) };
}

export function writeWorld(file: string, world: Partial<World>): void {
  withLock(`${file}.lock`, () => store(file, world));
}

/** Changes the world while no plugin does. An error in `change` leaves it as it was. */
export function changeWorld<T>(file: string, change: (world: World) => T): T {
  return withLock(`${file}.lock`, () => {
    const world = readWorld(file);
    const result = change(world);
    store(file, world);
    return result;
  });
}

/** A host of the world; an empty one when nothing has happened there. */
export function hostIn(world: World, address: string): WorldHost {
  return (world.hosts[address] ??= { containers: [], images: [], networks: [], volumes: [], files: {} });
}

function load(file: string): Partial<World> {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new Error(`${file} is not a world: ${(error as Error).message}`);
  }
}

/** In one step: a reader, or a process that ends in the middle, never sees half of it. */
function store(file: string, world: Partial<World>): void {
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, JSON.stringify(world, undefined, 1));
  renameSync(fresh, file);
}
