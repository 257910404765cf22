import { start } from "./command-line";
import { handOver } from "./hand-over/hand-over";

export const restore = handOver("restore");

start(restore, module);
