import { readFile, realpath, rename, stat, writeFile } from "node:fs/promises";
import { isMap, isSeq, parseDocument } from "yaml";
import { type HostSettings, type SshSettings } from "../../config/schema";
import { stackSchema } from "../../config/schema";
import { faultsOf } from "../../config/validate";
import { withValue } from "../yaml-text";

/** A host of a stack file, whose key may not be there yet. */
export type ConfiguredHost = Pick<HostSettings, "name" | "address" | "ssh"> & { hostKey?: string };

/** The hosts of a stack file, and how they are reached. Throws when the file has faults in this part. */
export function readHosts(text: string, stack: string): { hosts: ConfiguredHost[]; ssh: SshSettings } {
  const document = parseDocument(text);
  const [syntax] = document.errors;
  if (syntax) throw new Error(syntax.message);
  const { config } = (document.toJS() ?? {}) as { config?: Record<string, unknown> };
  const hosts = config?.["farmstack:hosts"];
  const ssh = config?.["farmstack:ssh"];
  const faults = faultsOf({ hosts, ssh }, stack).filter(
    ({ path }) => /^(hosts|ssh)\b/.test(path) && !path.endsWith(".hostKey"),
  );
  if (faults.length > 0) throw new Error(faults.map(({ path, problem }) => `${path}: ${problem}`).join("\n"));
  return { hosts: (hosts as ConfiguredHost[]).map(withoutEmptyKey), ssh: stackSchema.shape.ssh.parse(ssh) };
}

/** `hostKey:` without a value is no key yet; anything else, a key or not, is to be compared. */
function withoutEmptyKey(host: ConfiguredHost): ConfiguredHost {
  const { hostKey } = host as { hostKey?: unknown };
  return { ...host, hostKey: hostKey === undefined || hostKey === null ? undefined : String(hostKey) };
}

/**
 * Sets the host keys of some hosts, by name. Pure: text to text. The lines are set into the text itself, so that every
 * other line, comments included, stays as it was written. Throws when the file is written in a way that this can't edit.
 */
export function renderHostKeys(text: string, keys: ReadonlyMap<string, string>): string {
  const list = parseDocument(text).getIn(["config", "farmstack:hosts"]);
  const hosts = isSeq(list) ? list.items.filter((item) => isMap(item)) : [];
  // From the end, so that the places before stay valid.
  const edited = hosts.reverse().reduce((before, host) => {
    const key = keys.get(String(host.get("name")));
    return key === undefined ? before : withValue(before, host, "hostKey", key, "address");
  }, text);
  const result = new Map(readHosts(edited, "").hosts.map(({ name, hostKey }) => [name, hostKey]));
  for (const [name, key] of keys)
    if (result.get(name) !== key) throw new Error(`${name}: set its hostKey by hand:\n      hostKey: ${key}`);
  return edited;
}

/** Replaces a file's text in one move, so that a cut leaves the old or the new one. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const target = await realpath(path);
  const { mode } = await stat(target);
  await writeFile(`${target}.new`, text, { mode });
  await rename(`${target}.new`, target);
}

/** The text of a stack file. Throws an error that a user can act on. */
export async function readStackFile(path: string): Promise<string> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT"
      ? new Error(`${path}: no such file; --stack names one of Pulumi.*.yaml here, --config-file any other`)
      : error;
  });
}
