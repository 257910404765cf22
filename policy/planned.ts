/** A resource as the program declares it, with what the engine knows of it before anything is done. */
export interface Planned {
  urn: string;
  /** Such as `docker:index/container:Container`. */
  type: string;
  /** Its logical name. */
  name: string;
  /** Its inputs, without secrets' wrapping; what is known only when it is there is `unknown`. */
  props: Props;
  /** Whether it can't be deleted before `pulumi state unprotect`. */
  protect: boolean;
}

export type Props = Record<string, unknown>;

/** Stands for a value that a preview can't know. */
export const unknown = Symbol("unknown");

export const isProps = (value: unknown): value is Props =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A property that is a list; without one, and before it is known, empty. */
export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** The objects of a list. */
export const objectsOf = (value: unknown): Props[] => listOf(value).filter(isProps);

/** The text at a path, or undefined where there is none or it is not known yet. */
export function textAt(value: unknown, ...path: string[]): string | undefined {
  const found = valueAt(value, ...path);
  return typeof found === "string" ? found : undefined;
}

/** What is at a path; `unknown` when a part of the way is. */
export function valueAt(value: unknown, ...path: string[]): unknown {
  let at = value;
  for (const key of path) {
    if (at === unknown) return unknown;
    at = isProps(at) ? at[key] : undefined;
  }
  return at;
}

/** Stack of a URN: `urn:pulumi:STACK::PROJECT::TYPES::NAME`. */
export const stackOf = (urn: string): string => urn.slice("urn:pulumi:".length).split("::")[0] ?? "";

/** Every stack but `dev`, so that a stack with a new name is held to the stricter rules. */
export const isProduction = ({ urn }: Planned): boolean => stackOf(urn) !== "dev";

/**
 * A copy without the engine's wrapping, which throws when an unknown value is looked at: each becomes `unknown`.
 * Depth is that of the inputs, which are trees.
 */
export function plain(wrapped: unknown): unknown {
  if (!(wrapped instanceof Object)) return wrapped;
  const read = (key: string): unknown => {
    try {
      return plain((wrapped as Props)[key]);
    } catch {
      return unknown;
    }
  };
  const keys = Object.keys(wrapped);
  return Array.isArray(wrapped) ? keys.map(read) : Object.fromEntries(keys.map((key) => [key, read(key)]));
}
