export { ConfigurationFaults, type Fault } from "./faults";
export { imageSourcesOf, readRegistry, type Registry } from "./images";
export { harborContentsOf, harborOf, harborParts } from "./harbor";
export { loadSettings } from "./load";
export { loggingOf, shipperOutput } from "./logging";
export { shipperName, shippingHosts, shipsPods } from "./log-shipper";
export type {
  CephSettings,
  DatabaseSettings,
  EngineSettings,
  HarborSettings,
  HostSettings,
  ImageSettings,
  LoggingSettings,
  SshSettings,
  StackSettings,
  SystemSettings,
  WebAppSettings,
} from "./schema";
export { sshOf } from "./ssh";
export { validate } from "./validate";
export { pageOf, webAppOf } from "./web-app";
