export { Host, type HostArgs, type HostScript } from "./host";
export { type EngineArgs, type SystemArgs } from "./prepare";
export { type SshArgs } from "./ssh";
