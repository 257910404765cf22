import { isProps, objectsOf, type Planned, type Props, textAt, unknown, valueAt } from "./planned";

/** Where each kind of workload has its pod. */
const podPaths: Record<string, string[]> = {
  "kubernetes:core/v1:Pod": ["spec"],
  "kubernetes:apps/v1:Deployment": ["spec", "template", "spec"],
  "kubernetes:apps/v1:DaemonSet": ["spec", "template", "spec"],
  "kubernetes:apps/v1:StatefulSet": ["spec", "template", "spec"],
  "kubernetes:apps/v1:ReplicaSet": ["spec", "template", "spec"],
  "kubernetes:batch/v1:Job": ["spec", "template", "spec"],
  "kubernetes:batch/v1:CronJob": ["spec", "jobTemplate", "spec", "template", "spec"],
};

export const isWorkload = ({ type }: Planned): boolean => type in podPaths;

/** The pod of a workload; undefined of anything else, and before it is known. */
export function podOf({ type, props }: Planned): Props | undefined {
  const path = podPaths[type];
  const found = path && valueAt(props, ...path);
  return isProps(found) ? found : undefined;
}

/** All containers of a workload, those that only prepare included. */
export function containersOf(resource: Planned): Props[] {
  const pod = podOf(resource);
  return pod ? [...objectsOf(pod.initContainers), ...objectsOf(pod.containers)] : [];
}

/** `container NAME`, for messages. */
export const containerTitle = (container: Props): string => `container ${textAt(container, "name") ?? "?"}`;

/** Namespace of an object; `unknown` before it is there. An object that names none is in `default`. */
export function namespaceOf({ props }: Planned): string | typeof unknown {
  const found = valueAt(props, "metadata", "namespace");
  if (found === unknown) return unknown;
  return typeof found === "string" ? found : "default";
}
