import { type Host } from "../hosts";
import { quote } from "../hosts/shell";

/** A monitor's container, in which `ceph` is run as the administrator, and the host that runs it. */
export interface CommandLine {
  host: Host;
  container: string;
}

/** Start of a shell command that asks the cluster; with `input` it reads standard input. */
export const cephIn = (container: string, input?: "input"): string =>
  `docker exec ${input ? "--interactive " : ""}${quote(container)} ceph --connect-timeout 30`;
