import { savedFile, versionFile } from "../../components/harbor/scripts";
import { quote } from "../../components/hosts/shell";
import { lastLine, onHost, type RemoteHost, shellCommand } from "../connection";
import { Refusal } from "../outcome";
import { hostsOf, type Stack } from "../stack";

/** Harbor of a stack, as its host has it. */
export interface Instance {
  stack: Stack;
  host: RemoteHost;
  /** Its directory on the host, and that of the layers; undefined: they are in a bucket. */
  directory: string;
  layers: string | undefined;
  /** Whether the database is its own. */
  ownDatabase: boolean;
}

/** Name of a container of it. */
export const containerOf = (part: string): string => `harbor-${part}`;

/** Containers that write, in the order in which they are stopped. */
export const writers = ["proxy", "jobservice", "core"].map(containerOf);

/** Throws a Refusal when the stack has none. */
export function instanceOf(stack: Stack): Instance {
  const { harbor, dataDirectory } = stack.settings;
  const [host] = hostsOf(stack, harbor.host === undefined ? [] : [harbor.host]);
  if (!host) throw new Refusal(`stack ${stack.name} has no Harbor: harbor.host is not set`);
  const directory = `${dataDirectory}/harbor`;
  return {
    stack,
    host,
    directory,
    layers: harbor.storage?.s3 ? undefined : (harbor.storage?.directory ?? `${directory}/registry`),
    ownDatabase: harbor.database === undefined,
  };
}

/** Runs a script on Harbor's host and gives what it printed. Throws with its last words and a command to type. */
export async function inside({ host }: Instance, script: string, timeout?: number): Promise<string> {
  const { code, stdout, stderr } = await onHost(host, script, timeout);
  if (code !== 0)
    throw new Error(
      `${host.name}: ${lastLine(stderr || stdout)}. Look at: ${shellCommand(host, "docker ps --all --filter name=harbor-")}`,
    );
  return stdout;
}

/** Version of the data on the host. Throws a Refusal when there is none yet. */
export async function dataVersion(instance: Instance): Promise<string> {
  const file = quote(`${instance.directory}/${versionFile}`);
  const version = (await inside(instance, `if [ -e ${file} ]; then cat ${file}; fi`)).trim();
  if (version) return version;
  throw new Refusal(`${instance.host.name} has no Harbor yet: run pulumi up --stack ${instance.stack.name}`);
}

/** Part of a script: notes that this version was saved. Its time is what an upgrade asks for. */
export const markSaved = ({ directory }: Instance, version: string): string =>
  `echo ${quote(version)} >${quote(`${directory}/${savedFile}`)}\n`;

/** Lines `BYTES PATH` of all layers, sorted. */
export const listLayers = (layers: string): string =>
  `cd ${quote(layers)}; find . -type f -printf '%s %P\\n' | LC_ALL=C sort -k 2`;
