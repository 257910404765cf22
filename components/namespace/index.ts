export { PlatformNamespace, type PlatformNamespaceArgs } from "./namespace";
export { type Environment } from "./labels";
export { type ContainerDefaults, type NamespaceQuota } from "./limits";
export { type NetworkPolicySpec, tcp, toDns } from "./policies";
export { createPullSecret } from "./pull-secret";
export { restrictedContainer, restrictedPod } from "./restricted";
