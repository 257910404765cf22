import { homedir } from "node:os";
import { type HostSettings, type SshSettings } from "./schema";

/** How one host is reached: the stack's `ssh`, and what the host says differently. `~/` in the key's path is spelled out. */
export function sshOf(stack: SshSettings, host: Pick<HostSettings, "ssh">): SshSettings {
  const merged = { ...stack, ...host.ssh };
  return { ...merged, privateKeyFile: merged.privateKeyFile?.replace(/^~(?=\/)/, homedir()) };
}
