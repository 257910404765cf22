export { type Probes, type Resources } from "./deployment";
export { createGateway, type GatewayArgs } from "./gateway";
export { type MeshArgs } from "./mesh";
export { type Destination, type Source } from "./network-policy";
export { type Entry } from "./route";
export { type ConfigMapKey, type DatabaseUse, type SecretKey, variablesOf } from "./variables";
export { type WaterLines } from "./water-lines";
export { type Canary, WebApp, type WebAppArgs } from "./web-app";
