import { randomBytes } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hash } from "bcryptjs";
import { labDir } from "../../lab/paths";

/** A second login of the lab's registry, beside the lab's own. */
export interface SecondLogin {
  username: string;
  passwordFile: string;
  /** `username:password` as requests have it. */
  basic: string;
  /** Has the first one refused. */
  alone(): Promise<void>;
  /** Has both taken, as at first. */
  both(): Promise<void>;
  /** Ends it. */
  remove(): Promise<void>;
}

/** The registry reads this file again when it has changed. */
const logins = join(labDir, "registry", "server", "htpasswd");

/** Makes the registry take a second login. */
export async function addLogin(): Promise<SecondLogin> {
  const [first = ""] = (await readFile(logins, "utf8")).split("\n");
  const username = "robot$second";
  const password = randomBytes(24).toString("base64url");
  const passwordFile = join(tmpdir(), `farmstack-registry-password-${process.pid}`);
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  const second = `${username}:${await hash(password, 4)}`;
  const take = (...lines: string[]) => writeFile(logins, `${lines.join("\n")}\n`);
  const both = () => take(first, second);
  await both();
  return {
    username,
    passwordFile,
    basic: Buffer.from(`${username}:${password}`).toString("base64"),
    alone: () => take(second),
    both,
    remove: async () => {
      await take(first);
      await rm(passwordFile, { force: true });
    },
  };
}
