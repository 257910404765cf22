export {
  Container,
  type ContainerArgs,
  containerFingerprint,
  type ContainerFile,
  type ContainerVolume,
  type RemovalHooks,
} from "./container";
