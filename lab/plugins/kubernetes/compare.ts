import { isDeepStrictEqual } from "node:util";
import { type Difference, type Properties } from "../resource-type";
import { autoNamed, has } from "./annotations";
import { type Kind } from "./kind";
import { type Mutability, replacingFields } from "./replacing-fields";

type Path = (string | number)[];

/**
 * Compares old inputs to new ones, down to single fields, and says which of the differences replace the object.
 * `state` is the object as it was last seen: it knows the namespace that it is in, which inputs need not say.
 */
export function compareObjects(
  kind: Kind,
  olds: { inputs: Properties; state: Properties },
  news: Properties,
  settings: Mutability & { defaultNamespace: string },
): { differences: Difference[]; deleteBeforeReplace: boolean } {
  const { namespace, name } = olds.state.metadata ?? {};
  const before = inNamespace(olds.inputs, namespace);
  const after = inNamespace(news, namespace && (news.metadata?.namespace ?? settings.defaultNamespace));
  const fields = replacingFields(kind, news, settings).map((field) => field.split("."));
  const differences = differing(before, after, []).map(({ path, ...values }): Difference => ({
    property: String(path[0]),
    path: propertyPath(path),
    kind: values.before === undefined ? "add" : values.after === undefined ? "delete" : "update",
    change: fields.some((field) => concerns(field, path, values)) ? "replace" : "update",
  }));
  // Both cannot be there at once when the new one is to have the same name in the same place.
  const deleteBeforeReplace =
    !has(news, autoNamed) && after.metadata.name === name && after.metadata.namespace === namespace;
  return {
    differences,
    deleteBeforeReplace: deleteBeforeReplace && differences.some(({ change }) => change === "replace"),
  };
}

/** Metadata that is not known yet is a text. */
const inNamespace = (inputs: Properties, namespace: string | undefined): Properties =>
  typeof inputs.metadata === "string" ? inputs : { ...inputs, metadata: { ...inputs.metadata, namespace } };

interface Changed {
  path: Path;
  before: unknown;
  after: unknown;
}

/** The innermost places where the two differ. */
function differing(before: unknown, after: unknown, path: Path): Changed[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (!isContainer(before) || !isContainer(after) || Array.isArray(before) !== Array.isArray(after))
    return [{ path, before, after }];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) =>
    differing(before[key], after[key], [...path, Array.isArray(before) ? Number(key) : key]),
  );
}

const isContainer = (value: unknown): value is Properties => typeof value === "object" && value !== null;

/** Whether a difference is at, inside or around a field. */
function concerns(
  field: string[],
  path: Path,
  { before, after }: { before: unknown; after: unknown },
): boolean {
  const shared = Math.min(field.length, path.length);
  for (let i = 0; i < shared; i++) if (field[i] !== "*" && field[i] !== path[i]) return false;
  const rest = field.slice(shared);
  return !isDeepStrictEqual(under(before, rest), under(after, rest));
}

/** What a value has under a path; of `*`, what all elements have. */
function under(value: unknown, [key, ...rest]: string[]): unknown {
  if (key === undefined) return value;
  if (!isContainer(value)) return undefined;
  return key === "*" ? Object.values(value).map((inner) => under(inner, rest)) : under(value[key], rest);
}

/** The path as Pulumi writes it: `spec.containers[0].image`, `metadata.labels["a.b/c"]`. */
function propertyPath(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === "number") return `[${part}]`;
      if (/[."[\]]/.test(part)) return `["${part.replaceAll('"', '\\"')}"]`;
      return index === 0 ? part : `.${part}`;
    })
    .join("");
}
