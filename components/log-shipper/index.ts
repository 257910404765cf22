export { HostLogShipper, type HostLogShipperArgs } from "./host";
export { KubernetesLogShipper, type KubernetesLogShipperArgs } from "./kubernetes";
export { type ElasticsearchOutput, type LogstashOutput, type ShipperOutput } from "./output";
