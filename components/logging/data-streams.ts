/** Where events go, by what they come from. */
export interface DataStreams {
  /** Containers on the hosts. */
  containers: string;
  /** Pods. */
  pods: string;
  /** Events that programs send by themselves, over TCP. */
  events: string;
}

const datasets: DataStreams = { containers: "containers", pods: "pods", events: "events" };

/** Data streams of a stack, in Elastic's naming scheme: type, dataset, namespace. */
export const dataStreamsOf = (stack: string): DataStreams => ({
  containers: nameOf(datasets.containers, stack),
  pods: nameOf(datasets.pods, stack),
  events: nameOf(datasets.events, stack),
});

/** A namespace has no upper case and no hyphen. */
const nameOf = (dataset: string, stack: string): string =>
  `logs-${dataset}-${stack.toLowerCase().replaceAll(/[^a-z0-9_.]/g, "_")}`;

/** Index patterns of all of them, whatever the stack. */
export const patterns = Object.values(datasets).map((dataset) => `logs-${dataset}-*`);

/** Index pattern of what was restored from snapshots, beside them. */
export const restored = "restored-*";
