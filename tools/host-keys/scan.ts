import { type HostKey, parseHostKey } from "../../config/host-key";
import { run } from "../../lab/run";

/** The key that a host showed, or why there is none. */
export type Scan = { key: HostKey; problem?: undefined } | { key?: undefined; problem: string };

/** Seconds that a host may take to answer. */
const patience = 10;

/**
 * Asks a host for its key, without logging in. The kind of the configured key comes first, so that a host that has
 * further keys is not taken for a changed one; then ed25519, ecdsa, rsa.
 */
export async function scanHost(
  address: string,
  port: number,
  configured: HostKey | undefined,
): Promise<Scan> {
  for (const kind of kindsFrom(configured)) {
    const scan = await scanKind(address, port, kind);
    if (scan.key || !scan.answered) return scan.key ? { key: scan.key } : { problem: scan.problem };
  }
  return { problem: "answers, but shows no ed25519, ecdsa or rsa key" };
}

function kindsFrom(configured: HostKey | undefined): string[] {
  const kinds = ["ed25519", "ecdsa", "rsa"];
  return kinds.sort((a, b) => Number(isKind(configured, b)) - Number(isKind(configured, a)));
}

function isKind(key: HostKey | undefined, kind: string): boolean {
  return key !== undefined && key.type.split("-").includes(kind);
}

async function scanKind(address: string, port: number, kind: string) {
  const args = ["-T", String(patience), "-p", String(port), "-t", kind, address];
  const { stdout, stderr } = await run("ssh-keyscan", args, {
    allow: [0, 1, 128, 255],
    timeout: (patience + 5) * 1000,
  }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT"
      ? new Error("ssh-keyscan is not installed: install the OpenSSH client")
      : error;
  });
  const lines = [...stdout.split("\n"), ...stderr.split("\n")].filter(Boolean);
  // A line of known_hosts: the name that was asked for, then the key.
  const key = stdout
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .flatMap((line) => parseHostKey(line.split(" ").slice(1).join(" ")) ?? [])[0];
  // `# address:port SSH-2.0-…` is there as soon as sshd answers, whether or not it has a key of this kind.
  const answered = lines.some((line) => line.startsWith("#"));
  const reason = lines.find((line) => !/^#|^ended by/.test(line));
  return { key, answered, problem: reason ?? `no answer within ${patience} s` };
}
