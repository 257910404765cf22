import { isDeepStrictEqual } from "node:util";
import { type Properties } from "../resource-type";
import { type KubernetesObject, type PatchOperation } from "./cluster";

/** The name under which objects are created; with the first update their fields go over to the object's own manager. */
export const creator = "pulumi-kubernetes";

interface ManagedFields {
  manager: string;
  operation: "Apply" | "Update";
  subresource?: string;
  apiVersion: string;
  fieldsV1: Properties;
}

/**
 * Hands to `manager` the fields that were set when the object was created, or with kubectl since then: else an apply
 * could not take them away, nor change them without a conflict. Empty when there is nothing to hand over.
 */
export function handOver(live: KubernetesObject, manager: string): PatchOperation[] {
  const entries: ManagedFields[] = live.metadata.managedFields ?? [];
  const isOurs = (entry: ManagedFields) => entry.manager === manager && entry.operation === "Apply";
  const goesOver = ({ manager: of, operation, subresource }: ManagedFields) =>
    !subresource &&
    (of.startsWith("kubectl") ||
      (operation === "Update" && [creator, "before-first-apply"].some((name) => of.startsWith(name))));
  const taken = entries.filter(goesOver);
  if (taken.length === 0) return [];
  const ours = entries.find(isOurs) ?? {
    manager,
    operation: "Apply",
    apiVersion: live.apiVersion,
    fieldsV1: {},
  };
  const fieldsV1 = taken.reduce((fields, entry) => union(fields, entry.fieldsV1), ours.fieldsV1);
  const others = entries.filter((entry) => !goesOver(entry) && !isOurs(entry));
  return [
    {
      op: "replace",
      path: "/metadata/managedFields",
      value: [...others, { ...ours, fieldsType: "FieldsV1", fieldsV1 }],
    },
    { op: "replace", path: "/metadata/resourceVersion", value: live.metadata.resourceVersion },
  ];
}

/** Both sets of fields. A set is a tree of objects, with empty ones at its leaves. */
function union(one: Properties, other: Properties): Properties {
  if (isDeepStrictEqual(one, other)) return one;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...keys].map((key) => [key, union(one[key] ?? {}, other[key] ?? {})]));
}
