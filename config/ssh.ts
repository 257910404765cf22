import { type HostSettings, type SshSettings } from "./schema";

/** How one host is reached: the stack's `ssh`, and what the host says differently. */
export function sshOf(stack: SshSettings, host: Pick<HostSettings, "ssh">): SshSettings {
  return { ...stack, ...host.ssh };
}
