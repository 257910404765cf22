import { readFileSync } from "node:fs";

/** What the environment says. */
export interface Settings {
  /** Address of MongoDB, without a login. */
  databaseUrl: string;
  login: { username: string; password: string };
  port: number;
  /** Shown in the footer, and sent as a header with each answer. */
  version: string;
  /** Whether `/load` is there. */
  loadTest: boolean;
  /** Seconds from the signal to end until no new connection is taken. */
  drainSeconds: number;
}

/** The settings are not such that the application could start. Has a line for each fault. */
export class SettingsFault extends Error {}

/** Reads the settings. Throws a SettingsFault that names all faults, and no value of a secret. */
export function readSettings(
  environment: NodeJS.ProcessEnv,
  readFile: (path: string) => string = (path) => readFileSync(path, "utf8"),
): Settings {
  const faults: string[] = [];
  const fault = (text: string) => {
    faults.push(text);
    return "";
  };
  const find = (name: string): string | undefined => {
    const file = environment[`${name}_FILE`];
    if (!file) return environment[name] || undefined;
    if (environment[name]) return fault(`${name} and ${name}_FILE are both set: leave one out`);
    try {
      return readFile(file).replace(/\r?\n$/, "");
    } catch {
      return fault(`${name}_FILE names ${file}, which can't be read`);
    }
  };
  const need = (name: string) => find(name) ?? fault(`${name} or ${name}_FILE is missing`);
  const number = (name: string, otherwise: number, limit: number) => {
    const text = find(name) ?? String(otherwise);
    if (!/^\d+$/.test(text) || Number(text) > limit)
      fault(`${name} is to be a whole number from 0 to ${limit}`);
    return Number(text);
  };

  const settings: Settings = {
    databaseUrl: databaseUrl(need("DB_URL"), fault),
    login: { username: need("USER_NAME"), password: need("USER_PWD") },
    port: number("PORT", 3000, 65535),
    version: find("APP_VERSION") ?? "unknown",
    loadTest: find("LOAD_TEST") === "1",
    drainSeconds: number("DRAIN_SECONDS", 5, 600),
  };
  if (faults.length > 0) throw new SettingsFault(faults.join("\n"));
  return settings;
}

/** A host, with or without a port, is an address too. A login has no place in it: addresses are shown and logged. */
function databaseUrl(text: string, fault: (text: string) => string): string {
  if (text.includes("@")) return fault("DB_URL has a login in it: it belongs in USER_NAME and USER_PWD");
  return /^mongodb(\+srv)?:\/\//.test(text) ? text : `mongodb://${text}`;
}
