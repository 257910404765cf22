import { createHash } from "node:crypto";

/** A public key as SSH sends it. */
export interface HostKey {
  /** Such as `ssh-ed25519`. */
  type: string;
  blob: Buffer;
}

/** Reads a line as in authorized_keys or known_hosts: whatever precedes or follows type and key is left aside. */
export function parseHostKey(line: string): HostKey | undefined {
  const words = line.trim().split(/\s+/);
  for (const [index, type] of words.entries()) {
    const blob = Buffer.from(words[index + 1] ?? "", "base64");
    if (type && keyType(blob) === type) return { type, blob };
  }
  return undefined;
}

/** The type that a key names in its first field; "" when this is no key. */
export function keyType(blob: Buffer): string {
  if (blob.length < 4) return "";
  const length = blob.readUInt32BE(0);
  return length > 0 && length < 64 && blob.length > 4 + length ? blob.toString("latin1", 4, 4 + length) : "";
}

/** As `ssh-keygen -l` prints it. */
export function fingerprint(blob: Buffer): string {
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

const algorithms = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
] as const;

/**
 * What to ask the server for: the algorithms of the expected key, so that a server with several keys shows that one.
 * The others follow only so that a server without it shows which key it has, for the message; it is refused.
 * (The official plugin asks for SHA-1 when the key is of type ssh-rsa, which current servers refuse.)
 */
export function hostKeyAlgorithms(type: string): (typeof algorithms)[number][] {
  const wanted = (name: string) => (type === "ssh-rsa" ? name.startsWith("rsa-") : name === type);
  return [...algorithms.filter(wanted), ...algorithms.filter((name) => !wanted(name))];
}
