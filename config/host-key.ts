import { createHash } from "node:crypto";

/** An SSH host key, as `ssh-keyscan` and /etc/ssh/ssh_host_*_key.pub write it. */
export interface HostKey {
  /** Such as `ssh-ed25519`. */
  type: string;
  /** Base64 of the public key. */
  blob: string;
  /** Such as `SHA256:uNiV…`, the form that ssh and ssh-keygen -l show. */
  fingerprint: string;
}

export const hostKeyTypes = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "ssh-rsa",
] as const;

/** Reads an OpenSSH public key line, `type base64 [comment]`. undefined: it is none, or of a type not accepted. */
export function parseHostKey(line: string): HostKey | undefined {
  const [type, blob] = line.split(" ");
  if (type === undefined || blob === undefined || /[\r\n]/.test(line)) return undefined;
  if (!(hostKeyTypes as readonly string[]).includes(type)) return undefined;
  const bytes = Buffer.from(blob, "base64");
  if (bytes.toString("base64") !== blob || !hasWholeFields(bytes, type)) return undefined;
  const digest = createHash("sha256").update(bytes).digest("base64").replace(/=+$/, "");
  return { type, blob, fingerprint: `SHA256:${digest}` };
}

/** The wire form is a row of length-prefixed fields, of which the first is the type; a key cut short in copying is not. */
function hasWholeFields(bytes: Buffer, type: string): boolean {
  const fields: Buffer[] = [];
  let at = 0;
  while (at + 4 <= bytes.length) {
    const end = at + 4 + bytes.readUInt32BE(at);
    fields.push(bytes.subarray(at + 4, end));
    at = end;
  }
  const whole = at === bytes.length && fields.length === (type === "ssh-ed25519" ? 2 : 3);
  return (
    whole && fields[0]?.toString("latin1") === type && (type !== "ssh-ed25519" || fields[1]?.length === 32)
  );
}
