export { type CephOffer, kubernetesStorageOf, type StorageChoice } from "./choice";
export { type ClassName } from "./classes";
export { type CsiArgs } from "./csi";
export { type HostMountArgs } from "./host-mount";
export {
  type ClaimedVolume,
  KubernetesStorage,
  type KubernetesStorageArgs,
  type VolumeArgs,
} from "./storage";
export { type Owner } from "./volume-directory";
