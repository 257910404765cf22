import { type WebAppSettings } from "../../config/schema";
import { pageOf } from "../../config/web-app";

/** A Deployment, StatefulSet or DaemonSet. */
export interface WorkloadName {
  kind: string;
  namespace: string;
  name: string;
}

/** What a stack wants to run on Kubernetes. */
export interface Applications {
  namespaces: string[];
  databases: { namespace: string; name: string; engine?: string; members: number }[];
  webApps: (Pick<WebAppSettings, "entry"> & { namespace: string; name: string })[];
  /** Whatever else it made, such as what ships logs. */
  others: WorkloadName[];
}

/** A Deployment, StatefulSet or DaemonSet of the stack, or in one of its namespaces. */
export interface WorkloadStatus {
  namespace: string;
  name: string;
  /** Pods that it is to have. */
  wanted: number;
  /** Pods that serve; none of what the stack asks for and the cluster does not have. */
  available: number;
  /** What a database is, or is in the place of. */
  program?: string;
  /** Where a person finds an app. */
  page?: string;
}

/** A Deployment, StatefulSet or DaemonSet as the API has it. */
export interface Workload {
  kind: string;
  metadata: { name: string; namespace?: string };
  spec: { replicas?: number };
  status: { availableReplicas?: number; desiredNumberScheduled?: number; numberAvailable?: number };
}

/**
 * What the stack asks for, and what else is in its namespaces. Pure.
 * @param node address of a node, for pages
 */
export function workloadsOf(
  found: Workload[],
  { namespaces, databases, webApps, others }: Applications,
  node: string | undefined,
): WorkloadStatus[] {
  const all = new Map<string, WorkloadStatus>();
  for (const { namespace, name, engine, members } of databases) {
    const program = engine === "ferretdb" ? "FerretDB in the place of MongoDB" : "MongoDB";
    all.set(key("StatefulSet", namespace, name), { namespace, name, wanted: members, available: 0, program });
  }
  for (const { namespace, name, entry } of webApps) {
    const page = pageOf({ entry }, node);
    all.set(key("Deployment", namespace, name), { namespace, name, wanted: 1, available: 0, page });
  }
  for (const { kind, namespace, name } of others) {
    const at = key(kind, namespace, name);
    if (!all.has(at)) all.set(at, { namespace, name, wanted: 1, available: 0 });
  }
  for (const { kind, metadata, spec, status } of found) {
    const { namespace = "", name } = metadata;
    const at = key(kind, namespace, name);
    if (!all.has(at) && !namespaces.includes(namespace)) continue;
    const pods =
      kind === "DaemonSet"
        ? { wanted: status.desiredNumberScheduled ?? 1, available: status.numberAvailable ?? 0 }
        : { wanted: spec.replicas ?? 1, available: status.availableReplicas ?? 0 };
    all.set(at, { ...all.get(at), namespace, name, ...pods });
  }
  return [...all.values()];
}

const key = (...parts: string[]) => parts.join("/");

export const serves = ({ wanted, available }: WorkloadStatus): boolean => available >= wanted;

/** A line for people. */
export function formatWorkload({
  namespace,
  name,
  wanted,
  available,
  program,
  page,
}: WorkloadStatus): string {
  const title = [`${namespace}/${name}`, program].filter(Boolean).join(", ");
  return `${title}: ${[`${available} of ${wanted} pods`, page].filter(Boolean).join(", ")}`;
}
