import { start } from "./command-line";
import { handOver } from "./hand-over/hand-over";

export const backup = handOver("backup");

start(backup, module);
