export { HostLogShipper, type HostLogShipperArgs } from "./host";
export { KubernetesLogShipper, type KubernetesLogShipperArgs } from "./kubernetes";
export {
  defaultDataStream,
  type ElasticsearchOutput,
  type LogstashOutput,
  type ShipperOutput,
} from "./output";
