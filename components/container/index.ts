export {
  Container,
  type ContainerArgs,
  containerFingerprint,
  type ContainerFile,
  type ContainerVolume,
} from "./container";
