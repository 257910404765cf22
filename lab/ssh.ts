import { opensshOptions } from "../components/hosts/ssh";
import { assertLabRoute } from "./hosts";
import { run, type RunOptions, type RunResult } from "./run";
import { labKeyFile, type LabHost } from "./stack-file";

/**
 * Runs a shell command on a host of the lab, as its operator would: root, only the known host key.
 * @param privateKeyFile default: the lab's
 */
export async function onLabHost(
  host: LabHost,
  command: string,
  options?: RunOptions,
  privateKeyFile = labKeyFile,
): Promise<RunResult> {
  await assertLabRoute(host.address);
  const ssh = { user: "root", port: 22, privateKeyFile };
  const args = [...opensshOptions(ssh, host.hostKey), "-l", ssh.user, host.address, "--", command];
  return run("ssh", args, { timeout: 60_000, ...options });
}
