export { Linkerd, type LinkerdArgs } from "./linkerd";
