export { type DataStreams } from "./data-streams";
export { LoggingNode, type LoggingNodeArgs, type LoggingOutputs } from "./logging-node";
export { entryMemoryMiB } from "./nginx-conf";
export { ports } from "./paths";
