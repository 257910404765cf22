import { existsSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { labDir } from "../paths";
import { run } from "../run";

/** The private key of a host's sshd. It outlives the host: one that is made again has the same key. */
export const hostKeyFile = (host: string) => join(labDir, "ssh", `${host}_ed25519`);

/** Makes an ed25519 pair unless it is there. Gives the public key as `ssh-ed25519 AAAA…`, without comment. */
export async function ensureKey(file: string): Promise<string> {
  if (!existsSync(file) || !existsSync(`${file}.pub`)) {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await rm(file, { force: true }); // half a pair: ssh-keygen would ask
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "farmstack-lab", "-f", file]);
  }
  return (await readFile(`${file}.pub`, "utf8")).trim().split(" ").slice(0, 2).join(" ");
}
