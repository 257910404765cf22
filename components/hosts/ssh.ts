import { readFileSync } from "node:fs";
import { homedir } from "node:os";

/** How the operator's machine reaches a host. */
export interface SshArgs {
  /** Login; anyone but root needs passwordless sudo and, for the engine's socket, the group `docker`. */
  user: string;
  /** Port of sshd. */
  port: number;
  /** Private key; `~` is the home. @default none: the ssh agent is asked, and no key comes near the state */
  privateKeyFile?: string;
}

/** Path with `~` replaced by the home of whoever runs the program. */
export const expandHome = (path: string): string => path.replace(/^~(?=\/)/, homedir());

/** The private key's text, or undefined when the agent is to be asked. Throws when the file can't be read. */
export function readPrivateKey(ssh: SshArgs): string | undefined {
  return ssh.privateKeyFile === undefined ? undefined : readFileSync(expandHome(ssh.privateKeyFile), "utf8");
}

/**
 * Options for OpenSSH (8.5 or newer): only this key of the host is accepted, and the user's own files are neither
 * read nor written. `%H` stands for the name that ssh looks up, so one line fits any port.
 * https://man.openbsd.org/ssh_config
 */
export function opensshOptions(ssh: SshArgs, hostKey: string): string[] {
  const options = [
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    `KnownHostsCommand=/bin/echo %H ${keyWithoutComment(hostKey)}`,
    "UserKnownHostsFile=/dev/null",
    "GlobalKnownHostsFile=/dev/null",
    // Otherwise ssh may settle on another kind of key, find no line for it, and call the host unknown.
    `HostKeyAlgorithms=${signatureAlgorithms(hostKey)}`,
    "ConnectTimeout=15",
    "ServerAliveInterval=15",
    ...(ssh.privateKeyFile ? ["IdentitiesOnly=yes", `IdentityFile=${ssh.privateKeyFile}`] : []),
  ];
  return options.flatMap((option) => ["-o", option]);
}

/** `TYPE BASE64` of an OpenSSH public key line. */
export const keyWithoutComment = (hostKey: string): string =>
  hostKey.trim().split(/\s+/).slice(0, 2).join(" ");

/** Signature algorithms that prove possession of a key: for RSA those with SHA-2, otherwise the key type itself. */
function signatureAlgorithms(hostKey: string): string {
  const type = hostKey.trim().split(/\s+/)[0] ?? "";
  return type === "ssh-rsa" ? "rsa-sha2-512,rsa-sha2-256" : type;
}
