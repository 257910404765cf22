import { start } from "./command-line";
import { handOver } from "./hand-over/hand-over";

export const rotate = handOver("rotate");

start(rotate, module);
