import { type FoundFault } from "./faults";
import { nearMiss } from "./near-miss";
import { text } from "./raw";

type Raw = Record<string, unknown>;

/** Elements of a list that have the name of an earlier one. */
export function repeatedNames(key: string, entries: Raw[]): FoundFault[] {
  return entries.flatMap(({ name }, index) => {
    const first = entries.findIndex((other) => other.name === name);
    if (text(name) === undefined || first === index) return [];
    return { at: [key, index, "name"], problem: `"${text(name)}" is already the name of ${key}[${first}]` };
  });
}

/** Elements of a list that are in no namespace of the stack. */
export function strayNamespaces(key: string, entries: Raw[], namespaces: Raw[]): FoundFault[] {
  const names = namespaces.flatMap(({ name }) => text(name) ?? []);
  return entries.flatMap((entry, index) => {
    const namespace = text(entry.namespace);
    if (namespace === undefined || names.includes(namespace)) return [];
    const near = nearMiss(namespace, names);
    const hint = near ? `did you mean ${near}?` : `there are: ${names.join(", ") || "none"}`;
    return { at: [key, index, "namespace"], problem: `namespaces has no "${namespace}", ${hint}` };
  });
}
