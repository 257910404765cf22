import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, parseDocument } from "yaml";
import { type KubernetesSource } from "./kubernetes/publish";
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

/** What only this machine knows of the dev stack. */
export interface MachineFacts {
  hosts: LabHost[];
  /** The operator's key. */
  privateKeyFile: string;
  /** Salt of the state. */
  salt: string;
  /** How the lab's registry is reached. */
  registry: { ca: string; username: string; passwordFile: string };
  /** Where Kubernetes is to be had, when the stack has a cluster. */
  kubernetes?: Omit<KubernetesSource, "version">;
}

/**
 * Adds to the tree's Pulumi.dev.yaml what only this machine knows. Pure: text to text. Hosts that the file doesn't
 * name are left out.
 */
export function renderLabStack(
  tree: string,
  { hosts, privateKeyFile, salt, registry, kubernetes }: MachineFacts,
): string {
  const document = parseDocument(tree);
  const declared = (document.toJS() as { config: { "farmstack:hosts": { name: string }[] } }).config[
    "farmstack:hosts"
  ];
  declared.forEach((host, index) => {
    const known = hosts.find(({ name }) => name === host.name);
    if (known) document.setIn(["config", "farmstack:hosts", index, "hostKey"], known.hostKey);
  });
  document.setIn(["config", "farmstack:ssh", "privateKeyFile"], privateKeyFile);
  const { ca, username, passwordFile } = registry;
  document.setIn(
    ["config", "farmstack:images", "registry"],
    document.createNode({ ca, username, passwordFile }),
  );
  if (kubernetes) {
    const { binaries, imageRepository, imageTags } = kubernetes;
    const settings = { source: { binaries }, imageRepository, imageTags };
    for (const [key, value] of Object.entries(settings))
      document.setIn(["config", "farmstack:kubernetes", key], document.createNode(value));
  }
  document.setIn(["encryptionsalt"], salt);
  return document.toString();
}

/** The dev stack as it is in the tree. */
export const treeFile = join(projectRoot, "Pulumi.dev.yaml");

/** Whether a stack's file asks for a cluster of Kubernetes on the hosts. */
export function wantsKubernetes(tree: string): boolean {
  const { config } = parse(tree) as { config: Record<string, { controlPlane?: string[] } | undefined> };
  return (config["farmstack:kubernetes"]?.controlPlane ?? []).length > 0;
}

/** Whether a stack's file asks for something to run on Kubernetes. */
export function wantsApplications(tree: string): boolean {
  const { config } = parse(tree) as { config: Record<string, unknown> };
  const { metrics } = (config["farmstack:kubernetes"] ?? {}) as { metrics?: object };
  const lists = [config["farmstack:databases"], config["farmstack:webApps"]] as (unknown[] | undefined)[];
  return metrics !== undefined || lists.some((list) => (list ?? []).length > 0);
}

/** Whether a stack's file asks for a place that takes the logs. */
export function wantsLogging(tree: string): boolean {
  const { config } = parse(tree) as { config: Record<string, unknown> };
  return (config["farmstack:logging"] ?? null) !== null;
}

export async function writeLabStack(
  tree: string,
  facts: Omit<MachineFacts, "privateKeyFile">,
): Promise<void> {
  await writeFile(labStackFile, renderLabStack(tree, { ...facts, privateKeyFile: labKeyFile }), {
    mode: 0o600,
  });
}

/** The hosts of the lab that runs on this machine, from its stack file; none when there is no lab. */
export async function readLabHosts(): Promise<LabHost[]> {
  if (!existsSync(labStackFile)) return [];
  const { config } = parse(await readFile(labStackFile, "utf8")) as {
    config: { "farmstack:hosts"?: LabHost[] };
  };
  return config["farmstack:hosts"] ?? [];
}
