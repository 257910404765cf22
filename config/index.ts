export { ConfigurationFaults, type Fault } from "./faults";
export { harborContentsOf, harborOf } from "./harbor";
export { loadSettings } from "./load";
export type {
  CephSettings,
  DatabaseSettings,
  EngineSettings,
  HarborSettings,
  HostSettings,
  ImageSettings,
  SshSettings,
  StackSettings,
  SystemSettings,
  WebAppSettings,
} from "./schema";
export { sshOf } from "./ssh";
export { validate } from "./validate";
export { pageOf, webAppOf } from "./web-app";
