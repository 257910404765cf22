import { onLabHost } from "../../lab/ssh";
import { type LabHost } from "../../lab/stack-file";
import { scratch } from "./case";

/** Runs shell commands on a host, all over one connection, and gives what each printed, errors included. */
export async function printedBy(host: LabHost, commands: string[]): Promise<string[]> {
  const separator = "=== next ===";
  const script = commands.map((command) => `( ${command}\n) 2>&1\necho '${separator}'`).join("\n");
  const { stdout } = await onLabHost(host, "sh -s", { input: script });
  return stdout
    .split(`${separator}\n`)
    .slice(0, -1)
    .map((text) => text.trim());
}

const ours = "--filter name=^/?contract";

/** Takes away what the cases make, also what a run that was cut has left. */
export async function clean(host: LabHost, otherTag: string): Promise<void> {
  await printedBy(host, [
    `docker ps -aq ${ours} | xargs -r docker rm -f`,
    `docker network ls -q ${ours} | xargs -r docker network rm`,
    `docker volume ls -q ${ours} | xargs -r docker volume rm`,
    `docker image inspect ${otherTag} >/dev/null && docker rmi ${otherTag}`,
    `rm -rf ${scratch}; mkdir -m 700 ${scratch}`,
  ]);
}

/** Names of containers, networks and volumes of the cases that are on the host. */
export async function remains(host: LabHost): Promise<string[]> {
  const lists = await printedBy(host, [
    `docker ps -a --format '{{.Names}}' ${ours}`,
    `docker network ls --format '{{.Name}}' ${ours}`,
    `docker volume ls --format '{{.Name}}' ${ours}`,
  ]);
  return lists.flatMap((list) => list.split("\n")).filter((name) => name !== "");
}
