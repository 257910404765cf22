import { z } from "zod";
import { nearMiss } from "./near-miss";
import { stackSchema } from "./schema";

/** Keys and indexes from the top of the configuration to a value. */
export type Path = readonly (string | number)[];

/** The keys that the schema has at a path, in its order. Empty: the keys there are free, or it has no keys. */
export function keysAt(path: Path): string[] {
  let at: z.core.$ZodType | undefined = stackSchema;
  for (const segment of path) at = below(unwrap(at), segment);
  const found = unwrap(at);
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

function below(schema: z.core.$ZodType | undefined, segment: string | number): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (schema instanceof z.ZodObject && Object.hasOwn(schema.shape, segment)) return schema.shape[segment];
  return undefined;
}

function unwrap(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  const wraps =
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  return wraps ? unwrap(schema.unwrap()) : schema;
}

/** `hosts[1].ssh.port`; a key that is not a plain word is quoted, as in `ceph.settings["client.admin"]`. */
export function formatPath(path: Path): string {
  return path
    .map((segment, index) => {
      if (typeof segment === "number") return `[${segment}]`;
      if (!/^[A-Za-z_][\w-]*$/.test(segment)) return `[${JSON.stringify(segment)}]`;
      return index === 0 ? segment : `.${segment}`;
    })
    .join("");
}

/** Order in which one reads the configuration: as the schema has the keys, others last and by name. */
export function comparePaths(a: Path, b: Path): number {
  const at = a.findIndex((segment, index) => segment !== b[index]);
  const left = a[at];
  const right = b[at];
  if (left === undefined || right === undefined) return a.length - b.length;
  if (typeof left === "number" && typeof right === "number") return left - right;
  const keys = keysAt(a.slice(0, at));
  const rank = (segment: string | number) => {
    const known = nearMiss(String(segment), keys); // a misspelled key belongs where the right one would be
    return known === undefined ? keys.length : keys.indexOf(known);
  };
  return rank(left) - rank(right) || (String(left) < String(right) ? -1 : 1);
}
