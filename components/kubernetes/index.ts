export { type KubernetesAccess } from "./access";
export { existingCluster, type KubernetesChoice, kubernetesOf } from "./choice";
export { KubernetesCluster, type KubernetesClusterArgs } from "./cluster";
export { kubernetesProvider } from "./provider";
export { type ProgramSource } from "./programs";
export { type SnapshotArgs } from "./snapshots";
