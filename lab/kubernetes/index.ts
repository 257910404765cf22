export { builtModule } from "./build";
export { publishKubernetes, publishNextKubernetes, type KubernetesSource } from "./publish";
export { startControlPlane, type ControlPlane } from "./loopback";
