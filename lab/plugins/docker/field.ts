import { type Change, type Properties } from "../resource-type";

/**
 * What a container shows, in the shape of the request that created it: `inspect` has `Config` one level down,
 * the request does not.
 */
export type Seen = Properties;

/** One input of a container: what a change of it means, and its place in Docker's create request. */
export interface Field {
  change: Change;
  /** Names that are known inside, when the input is an object or a list of objects. */
  keys?: string[];
  /** What it puts into the create request: path, such as `HostConfig.Memory`, and value. */
  write?(value: any): Record<string, unknown>; // eslint-disable-line @typescript-eslint/no-explicit-any
  /** The input's own form of what the container shows. */
  read?(seen: Seen): unknown;
}

/** An input that only this plugin looks at; Docker does not know it. */
export const own = (change: Change): Field => ({ change });

/** An input that Docker has under `path` in the same form. */
export const same = (change: Change, path: string): Field => mapped(change, path, keep, keep);

/** An input that Docker has under `path` in another form. */
export function mapped<Input, Dockers>(
  change: Change,
  path: string,
  write: (input: Input) => Dockers,
  read: (seen: Dockers) => Input,
  keys?: string[],
): Field {
  return {
    change,
    keys,
    write: (input: Input) => ({ [path]: write(input) }),
    read: (seen) => {
      const value = at(seen, path);
      return value === undefined || value === null ? undefined : read(value as Dockers);
    },
  };
}

const keep = (value: unknown) => value;

/** The value under a path such as `HostConfig.Memory`. */
export function at(object: Properties, path: string): unknown {
  return path.split(".").reduce<unknown>((inner, key) => (inner as Properties | undefined)?.[key], object);
}

/** Puts a value under a path such as `HostConfig.Memory`, with the objects on its way. */
export function put(object: Properties, path: string, value: unknown): void {
  const [key = "", ...rest] = path.split(".");
  if (rest.length === 0) object[key] = value;
  else put((object[key] ??= {}), rest.join("."), value);
}
