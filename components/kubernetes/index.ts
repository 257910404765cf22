export { KubernetesCluster, type KubernetesClusterArgs } from "./cluster";
export { existingCluster, type KubernetesAccess } from "./existing";
export { type ProgramSource } from "./programs";
export { type SnapshotArgs } from "./snapshots";
