import type Docker from "dockerode";
import { type Properties } from "../resource-type";
import { containerFields } from "./container-fields";
import { at, put, type Seen } from "./field";

/** The body of Docker's create request for a container's inputs. */
export function createBody(inputs: Properties): Docker.ContainerCreateOptions {
  const body: Properties = {};
  for (const [name, field] of Object.entries(containerFields))
    if (field.write && inputs[name] !== undefined)
      for (const [path, value] of Object.entries(field.write(inputs[name]))) put(body, path, value);
  return body;
}

/** Limits that somebody can set on the host with `docker update`, although the program leaves them open. */
const settableOutside = ["memory", "memoryReservation", "cpuShares", "cpuSet", "maxRetryCount"];

/**
 * The inputs as an existing container shows them. An input is kept as it stands in the state, to the letter, as long as
 * the container has what it asks for; only what differs is taken from the container.
 * A container that should run and does not shows as `mustRun: false`, as in the official plugin, so that the next
 * `up` finds a change and starts it.
 */
export function inputsSeen(state: Properties, container: Docker.ContainerInspectInfo): Properties {
  const seen = inShapeOfRequest(state, container);
  const inputs: Properties = {};
  for (const [name, field] of Object.entries(containerFields)) {
    const asked = state[name];
    if (asked === undefined && !settableOutside.includes(name)) continue;
    const satisfied = Object.entries(field.write?.(asked ?? 0) ?? {}).every(([path, value]) =>
      covers(at(seen, path), value),
    );
    inputs[name] = satisfied ? asked : field.read?.(seen);
    if (inputs[name] === undefined) delete inputs[name];
  }
  inputs.name = container.Name.replace(/^\//, "");
  if (state.mustRun && state.start && !container.State.Running) inputs.mustRun = false;
  return inputs;
}

function inShapeOfRequest(state: Properties, container: Docker.ContainerInspectInfo): Seen {
  const { Config, HostConfig } = container;
  // Config.Image is what the create request said; the image's id stands beside it.
  const Image = String(state.image).startsWith("sha256:") ? container.Image : Config.Image;
  return { ...Config, HostConfig, Image };
}

/**
 * True when what is there has all that was asked for. The daemon adds to lists and maps: environment and labels of the
 * image, its own log options. It also leaves out what is empty.
 */
export function covers(there: unknown, asked: unknown): boolean {
  if (isEmpty(asked)) return isEmpty(there) || Array.isArray(asked) || typeof asked === "object";
  if (Array.isArray(asked))
    return Array.isArray(there) && asked.every((item) => there.some((other) => covers(other, item)));
  if (typeof asked === "object" && asked !== null)
    return Object.entries(asked).every(
      ([key, value]) =>
        covers((there as Properties | undefined)?.[key], value) ||
        (key === "StartInterval" && !(there as Properties | undefined)?.[key]), // unknown to engines before 25
    );
  // The daemon writes the id of the other container in the place of its name.
  if (typeof asked === "string" && asked.startsWith("container:"))
    return String(there).startsWith("container:");
  return normal(there) === normal(asked);
}

function isEmpty(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return !value;
}

const normal = (value: unknown) => (typeof value === "string" ? value.replace(/^CAP_/, "") : value);
