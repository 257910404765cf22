import { readFile, realpath, rename, stat, writeFile } from "node:fs/promises";
import { type Document, isMap, parseDocument } from "yaml";
import { type HostSettings, type SshSettings } from "../../config";
import { stackSchema } from "../../config/schema";
import { faultsOf } from "../../config/validate";

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
  return { hosts: hosts as ConfiguredHost[], ssh: stackSchema.shape.ssh.parse(ssh) };
}

/** Sets the host keys of some hosts, by name. Pure: text to text; comments and order stay. */
export function renderHostKeys(text: string, keys: ReadonlyMap<string, string>): string {
  const document = parseDocument(text);
  const { config } = document.toJS() as { config: { "farmstack:hosts": ConfiguredHost[] } };
  config["farmstack:hosts"].forEach(({ name }, index) => {
    const key = keys.get(name);
    if (key !== undefined) setHostKey(document, index, key);
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function setHostKey(document: Document, index: number, key: string): void {
  const host = document.getIn(["config", "farmstack:hosts", index]);
  if (!isMap(host)) return;
  if (host.has("hostKey")) return host.set("hostKey", key);
  const address = host.items.findIndex((pair) => String(pair.key) === "address");
  host.items.splice(address + 1, 0, document.createPair("hostKey", key) as (typeof host.items)[number]);
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
      ? new Error(`${path}: no such file; --stack names one of Pulumi.*.yaml here`)
      : error;
  });
}
