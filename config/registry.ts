import { readFileSync } from "node:fs";
import { expandHome } from "../components/hosts/ssh";
import { registryOf } from "../components/images";
import { isCertificates } from "./formats";
import { type ImageSettings } from "./schema";

/** How the mirror is reached, read from the files that the settings name. */
export interface Registry {
  /** `host[:port]`. */
  address: string;
  /** Certificate authority, PEM. */
  ca?: string;
  login?: { username: string; password: string };
}

/** The access to the mirror; undefined: it takes none. Throws as `imageSourcesOf` does. */
export function readRegistry({ mirror, registry }: ImageSettings): Registry | undefined {
  if (mirror === undefined || registry === undefined) return undefined;
  const { ca, username, passwordFile } = registry;
  return {
    address: registryOf(mirror),
    ca: ca === undefined ? undefined : readAuthority(ca),
    login:
      username === undefined || passwordFile === undefined
        ? undefined
        : { username, password: readPassword(passwordFile) },
  };
}

function readAuthority(ca: string): string {
  if (isCertificates(ca)) return `${ca.trim()}\n`;
  const text = read("ca", ca);
  if (!isCertificates(text))
    throw new Error(`images.registry.ca: ${ca} has something else than certificates as PEM`);
  return `${text.trim()}\n`;
}

function readPassword(file: string): string {
  const password = read("passwordFile", file).replace(/\r?\n$/, "");
  if (password === "" || /[\r\n\0]/.test(password))
    throw new Error(`images.registry.passwordFile: ${file} is not one line with a password`);
  return password;
}

function read(setting: string, file: string): string {
  try {
    return readFileSync(expandHome(file), "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(
      `images.registry.${setting}: ${file} can't be read (${code}); it has to be on this machine`,
    );
  }
}
