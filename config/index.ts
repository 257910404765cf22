// What the program needs of its settings. Commands import from the files beside this one: some here load Pulumi's SDK.

export { ConfigurationFaults, type Fault } from "./faults";
export { harborContentsOf, harborOf } from "./harbor";
export { imageSourcesOf } from "./images";
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
