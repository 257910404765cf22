import { is, type Kind } from "./kind";

const dashed = [
  "x-kubernetes-embedded-resource",
  "x-kubernetes-int-or-string",
  "x-kubernetes-list-map-keys",
  "x-kubernetes-list-type",
  "x-kubernetes-map-type",
  "x-kubernetes-preserve-unknown-fields",
  "x-kubernetes-validations",
];
const toDashes = new Map(dashed.map((key) => [key.replaceAll("-", "_"), key]));
const toUnderscores = new Map(dashed.map((key) => [key, key.replaceAll("-", "_")]));

/** A CustomResourceDefinition with keys like `x-kubernetes-int-or-string`, which the SDK writes with underscores. */
export const withDashes = <T>(kind: Kind, object: T): T => rename(kind, object, toDashes);

/** The way back. */
export const withUnderscores = <T>(kind: Kind, object: T): T => rename(kind, object, toUnderscores);

function rename<T>(kind: Kind, object: T, keys: Map<string, string>): T {
  return is(kind, "apiextensions.k8s.io/v1/CustomResourceDefinition") ? (renamed(object, keys) as T) : object;
}

function renamed(value: unknown, keys: Map<string, string>): unknown {
  if (Array.isArray(value)) return value.map((inner) => renamed(inner, keys));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [keys.get(key) ?? key, renamed(inner, keys)]),
  );
}
