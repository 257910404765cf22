export { type DataStreams } from "./data-streams";
export { LoggingNode, type LoggingNodeArgs, type LoggingOutputs } from "./logging-node";
export { entryMemoryMiB } from "./entry";
export { ports } from "./paths";
