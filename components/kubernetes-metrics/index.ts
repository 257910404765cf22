export { KubernetesMetrics, type KubernetesMetricsArgs } from "./metrics";
