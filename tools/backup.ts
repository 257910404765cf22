import { start } from "./command-line";
import { handOver } from "./hand-over/hand-over";

start(handOver("backup"), module);
