import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { parseDocument } from "yaml";
import { type StackSettings } from "../config/schema";
import { sshOf } from "../config/ssh";
import { validate } from "../config/validate";
import { labStackFile } from "../lab/stack-file";
import { readStackFile } from "./host-keys/stack-file";
import { type RemoteHost } from "./connection";

/** A stack as the tool knows it: from its file alone, without Pulumi's engine. */
export interface Stack {
  name: string;
  /** Absolute path of its Pulumi.NAME.yaml. */
  file: string;
  settings: StackSettings;
}

export interface StackChoice {
  /** Name of the stack. @default that of the file, or of the only one in the directory */
  stack?: string;
  /** Its file. @default Pulumi.NAME.yaml in the directory; the lab's copy of it for the stack of the lab */
  configFile?: string;
}

/** Reads and checks the file of a stack. Throws an error with all its faults, or one that names the stacks to choose from. */
export async function openStack(choice: StackChoice, directory = process.cwd()): Promise<Stack> {
  const { name, file } = await findStack(choice, directory);
  return { name, file, settings: parseStack(await readStackFile(file), name) };
}

/** The settings in the text of a stack's file. Throws with all faults. */
export function parseStack(text: string, name: string): StackSettings {
  const document = parseDocument(text);
  const [syntax] = document.errors;
  if (syntax) throw new Error(syntax.message);
  const { config = {} } = (document.toJS() ?? {}) as { config?: Record<string, unknown> };
  const own = Object.entries(config).filter(([key]) => key.startsWith("farmstack:"));
  return validate(
    Object.fromEntries(own.map(([key, value]) => [key.slice("farmstack:".length), value])),
    name,
  );
}

/** Name and file of a stack, whatever is in the file. Throws an error that names the stacks to choose from. */
export async function findStack(
  { stack, configFile }: StackChoice,
  directory = process.cwd(),
): Promise<{ name: string; file: string }> {
  if (configFile !== undefined) {
    const named = /^Pulumi\.(.+)\.ya?ml$/.exec(basename(configFile))?.[1];
    const name = stack ?? named;
    if (name === undefined) throw new Error(`${configFile}: which stack is it of? Add --stack NAME`);
    return { name, file: resolve(directory, configFile) };
  }
  const name = stack ?? (await onlyStack(directory));
  // The file in the tree has no host keys: only the machine that runs the lab knows them.
  const file =
    name === "dev" && existsSync(labStackFile) ? labStackFile : join(directory, `Pulumi.${name}.yaml`);
  return { name, file };
}

async function onlyStack(directory: string): Promise<string> {
  const names = (await readdir(directory))
    .flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort();
  const [only, ...others] = names;
  if (only !== undefined && others.length === 0) return only;
  throw new Error(
    names.length === 0
      ? `no Pulumi.*.yaml in ${directory}: name the stack's file with --config-file FILE`
      : `which stack? Add --stack with one of: ${names.join(", ")}`,
  );
}

/** The hosts with these names, as ssh reaches them. */
export function hostsOf({ settings }: Stack, names: string[]): RemoteHost[] {
  return names.flatMap((name) => {
    const host = settings.hosts.find((candidate) => candidate.name === name);
    return host ? { name, address: host.address, hostKey: host.hostKey, ssh: sshOf(settings.ssh, host) } : [];
  });
}
