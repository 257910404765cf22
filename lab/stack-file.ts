import { existsSync, readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, parseDocument } from "yaml";
import { labDir, projectRoot } from "./paths";

/** A host of the lab as the stack has to know it. */
export interface LabHost {
  name: string;
  address: string;
  /** OpenSSH public key line. */
  hostKey: string;
}

/** The dev stack's configuration as the engine gets it: what is in the tree, and what only this machine knows. */
export const labStackFile = join(labDir, "Pulumi.dev.yaml");

/** The operator's key for the lab's hosts. */
export const labKeyFile = join(labDir, "ssh", "id_ed25519");

/**
 * Adds to the tree's Pulumi.dev.yaml the hosts' keys, the operator's key and the salt of this lab's state.
 * Pure: text to text. Hosts that the file doesn't name are left out.
 */
export function renderLabStack(tree: string, hosts: LabHost[], privateKeyFile: string, salt: string): string {
  const document = parseDocument(tree);
  const declared = (document.toJS() as { config: { "farmstack:hosts": { name: string }[] } }).config[
    "farmstack:hosts"
  ];
  declared.forEach((host, index) => {
    const known = hosts.find(({ name }) => name === host.name);
    if (known) document.setIn(["config", "farmstack:hosts", index, "hostKey"], known.hostKey);
  });
  document.setIn(["config", "farmstack:ssh", "privateKeyFile"], privateKeyFile);
  document.setIn(["encryptionsalt"], salt);
  return document.toString();
}

export async function writeLabStack(hosts: LabHost[], salt: string): Promise<void> {
  const tree = readFileSync(join(projectRoot, "Pulumi.dev.yaml"), "utf8");
  await writeFile(labStackFile, renderLabStack(tree, hosts, labKeyFile, salt), { mode: 0o600 });
}

/** The hosts of the lab that runs on this machine, from its stack file; none when there is no lab. */
export async function readLabHosts(): Promise<LabHost[]> {
  if (!existsSync(labStackFile)) return [];
  const file = parse(await readFile(labStackFile, "utf8")) as { config: { "farmstack:hosts": LabHost[] } };
  return file.config["farmstack:hosts"];
}
