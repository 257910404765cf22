import { type SshSettings } from "../../config/schema";
import { sshOf } from "../../config/ssh";
import { parseHostKey } from "../../config/host-key";
import { labHosts } from "../../lab/hosts/addresses";
import { assertLabRoute } from "../../lab/hosts/route";
import { step } from "../../lab/progress";
import { type Scan, scanHost } from "./scan";
import { type ConfiguredHost } from "./stack-file";
import { table } from "../table";

/** What was found out about the key of one host. */
export interface Finding {
  name: string;
  address: string;
  port: number;
  /** same, new: none was configured, changed: it is not the configured one, unreachable: the host showed none. */
  state: "same" | "new" | "changed" | "unreachable";
  /** OpenSSH public key line that the host showed. */
  hostKey?: string;
  fingerprint?: string;
  /** Of the configured key; `unreadable` when that isn't a key. */
  configuredFingerprint?: string;
  /** Why the host showed no key. */
  problem?: string;
}

/** Asks all hosts at once. */
export function examine(hosts: ConfiguredHost[], ssh: SshSettings): Promise<Finding[]> {
  return step(`asking ${hosts.length} hosts for their keys`, (note) =>
    Promise.all(
      hosts.map(async (host) => {
        const finding = await examineHost(host, sshOf(ssh, host).port);
        note(`${host.name}: ${finding.state}`);
        return finding;
      }),
    ),
  );
}

async function examineHost({ name, address, hostKey }: ConfiguredHost, port: number): Promise<Finding> {
  const configured = hostKey === undefined ? undefined : parseHostKey(hostKey);
  const configuredFingerprint = hostKey === undefined ? undefined : (configured?.fingerprint ?? "unreadable");
  const { key, problem } =
    (await labRouteProblem(name, address)) ?? (await scanHost(address, port, configured));
  const host = { name, address, port, configuredFingerprint };
  if (!key) return { ...host, state: "unreachable", problem };
  const shown = { ...host, hostKey: `${key.type} ${key.blob}`, fingerprint: key.fingerprint };
  if (configuredFingerprint === undefined) return { ...shown, state: "new" };
  return { ...shown, state: key.fingerprint === configuredFingerprint ? "same" : "changed" };
}

/** Why a host of the lab is not to be asked now: without the lab, its address is some other machine's. */
async function labRouteProblem(name: string, address: string): Promise<Scan | undefined> {
  if (!labHosts.some((host) => host.name === name && host.address === address)) return undefined;
  return assertLabRoute(address).then(
    () => undefined,
    (error: Error) => ({ problem: error.message }),
  );
}

/** A line for each host: name, address, type, fingerprint, state. */
export function renderTable(findings: Finding[]): string {
  const rows = findings.map(({ name, address, port, hostKey, fingerprint, state, problem }) => [
    name,
    port === 22 ? address : `${address} port ${port}`,
    hostKey?.split(" ")[0] ?? "-",
    fingerprint ?? "-",
    state === "changed" ? "CHANGED" : problem ? `${state}: ${problem}` : state,
  ]);
  return table(rows);
}

/** What an operator has to know before the new key of a host is accepted. */
export function renderChange({
  name,
  address,
  fingerprint,
  configuredFingerprint,
  hostKey,
}: Finding): string {
  const kind =
    /^ssh-(\w+)|^(ecdsa)/
      .exec(hostKey ?? "")
      ?.slice(1)
      .find(Boolean) ?? "*";
  return `
!!! THE HOST KEY OF ${name} (${address}) HAS CHANGED !!!
    configured  ${configuredFingerprint}
    shown now   ${fingerprint}
Either ${name} was installed anew, or another machine answers in its place and would get what is meant for it.
Compare with what the machine's own console says: ssh-keygen -lf /etc/ssh/ssh_host_${kind}_key.pub`;
}
