export { Container, type ContainerArgs, type ContainerFile, type ContainerVolume } from "./container";
