import { existsSync } from "node:fs";
import { openStack } from "../tools/stack";
import {
  formatStatus as formatStackStatus,
  type StackStatus,
  stackStatus,
} from "../tools/status/stack-status";
import { labStackFile } from "./stack-file";

export type LabStatus = StackStatus;

/** Asks the lab's hosts and clusters themselves; nothing is taken from the state. Without a lab there are no hosts. */
export async function labStatus(): Promise<LabStatus> {
  if (!existsSync(labStackFile))
    return { stack: "dev", ok: false, hosts: [], commands: [], certificates: [], problems: [] };
  return stackStatus(await openStack({ stack: "dev" }));
}

/** The status as a table for people. */
export const formatStatus = (status: LabStatus): string =>
  status.hosts.length === 0 ? "no lab on this machine; npm run lab makes one" : formatStackStatus(status);
