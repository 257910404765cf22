import { type Cluster, type KubernetesObject } from "../cluster";
import { type ObjectRef } from "../kind";

/** Ready, or what is missing; `failed` when waiting on would not help. */
export type Readiness = "ready" | { missing: string[]; failed?: boolean };

export interface Surrounding {
  cluster: Cluster;
  ref: ObjectRef;
  /** Milliseconds for which the object has been waited for. */
  age: number;
}

export type Check = (live: KubernetesObject, surrounding: Surrounding) => Readiness | Promise<Readiness>;

/** A condition in the object's status. */
export const condition = (live: KubernetesObject, type: string): KubernetesObject | undefined =>
  live.status?.conditions?.find((one: KubernetesObject) => one.type === type);

/** Whether the controller has seen the object as it is now. */
export const isObserved = ({ status, metadata }: KubernetesObject): boolean =>
  (status?.observedGeneration ?? 0) >= metadata.generation;
