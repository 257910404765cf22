export { builtModule } from "./build";
export { publishKubernetes, type KubernetesSource } from "./publish";
export { startControlPlane, type ControlPlane } from "./loopback";
