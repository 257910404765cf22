import { type types } from "@pulumi/kubernetes";

/** The most that all pods and claims of a namespace may have together. */
export interface NamespaceQuota {
  /** CPU that pods ask for, in cores. @default 8 */
  cpu: number;
  /** Memory of pods, GiB: what they ask for, and the limit that they may not pass. @default 16 */
  memoryGiB: number;
  /** Pods that have not ended. @default 50 */
  pods: number;
  /** Storage that claims ask for, GiB. @default 200 */
  storageGiB: number;
  /** Claims of volumes. @default 20 */
  claims: number;
}

/** What a container gets that says nothing about itself. */
export interface ContainerDefaults {
  /** CPU that it asks for, thousandths of a core; it may use more. @default 100 */
  cpuMilli: number;
  /** Memory, MiB, that it asks for and may not pass. @default 256 */
  memoryMiB: number;
}

const quotaDefaults: NamespaceQuota = { cpu: 8, memoryGiB: 16, pods: 50, storageGiB: 200, claims: 20 };
const containerDefaults: ContainerDefaults = { cpuMilli: 100, memoryMiB: 256 };

export function quotaSpec(given: Partial<NamespaceQuota> = {}): types.input.core.v1.ResourceQuotaSpec {
  const { cpu, memoryGiB, pods, storageGiB, claims } = { ...quotaDefaults, ...given };
  return {
    hard: {
      pods: String(pods),
      "requests.cpu": String(cpu),
      "requests.memory": `${memoryGiB}Gi`,
      "limits.memory": `${memoryGiB}Gi`,
      "requests.storage": `${storageGiB}Gi`,
      persistentvolumeclaims: String(claims),
    },
  };
}

/** Without these a pod that says nothing would be refused, because of the quota. */
export function limitRangeSpec(given: Partial<ContainerDefaults> = {}): types.input.core.v1.LimitRangeSpec {
  const { cpuMilli, memoryMiB } = { ...containerDefaults, ...given };
  const memory = `${memoryMiB}Mi`;
  return {
    limits: [{ type: "Container", defaultRequest: { cpu: `${cpuMilli}m`, memory }, default: { memory } }],
  };
}
