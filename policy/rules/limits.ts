import { containersOf, containerTitle } from "../pods";
import { type ResourceRule } from "../rule";
import { valueAt } from "../planned";

/** A limit of CPU is none of them: it slows a pod on an idle node. */
const wanted = [
  ["requests", "cpu"],
  ["requests", "memory"],
  ["limits", "memory"],
] as const;

export const podLimits: ResourceRule = {
  name: "pod-limits",
  description: "Each container of a pod says what it needs and how much memory it may take.",
  level: "mandatory",
  check: (resource) =>
    containersOf(resource).flatMap((container) => {
      const missing = wanted.filter((path) => valueAt(container, "resources", ...path) === undefined);
      return missing.length > 0
        ? [`${containerTitle(container)} has no ${missing.map((path) => path.join(".")).join(", no ")}`]
        : [];
    }),
};
