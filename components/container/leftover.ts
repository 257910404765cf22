import { spawnSync } from "node:child_process";
import * as pulumi from "@pulumi/pulumi";
import { type Host } from "../hosts";
import { quote } from "../hosts/shell";

/**
 * Makes room for a container whose name is taken by one that a cut run left behind: the engine (Docker's) made it, the
 * engine (Pulumi's) died before it wrote that down, and every later run would fail on the name. The leftover is
 * removed and the creation tried again, but only when its labels say that it is of this very stack; containers hold
 * no data of their own, so nothing is lost with it. Anything else of that name is left alone, and the run fails.
 */
export function removeLeftover(
  host: Host,
  container: string,
  labels: Record<string, string>,
): pulumi.ErrorHook {
  return new pulumi.ErrorHook(`${container}-leftover`, ({ failedOperation, errors }) => {
    if (failedOperation !== "create" || !isNameConflict(errors)) return false;
    const removed = onHost(host, leftoverScript(container, labels));
    if (removed) void pulumi.log.warn(`${container}: a cut run had left it on ${host.hostName}; it is made again`);
    else void pulumi.log.error(foreign(host, container));
    return removed;
  });
}

/** The engine's answer (409) to a name that is in use. */
export function isNameConflict(errors: string[]): boolean {
  return errors.some((error) => /container name .* is already in use/i.test(error));
}

/** Removes the container if all labels fit; ends with 0 only when it did. */
export function leftoverScript(container: string, labels: Record<string, string>): string {
  const filters = Object.entries(labels).map(
    ([label, value]) => `--filter ${quote(`label=${label}=${value}`)}`,
  );
  const found = `docker ps --all --quiet --filter ${quote(`name=^/?${container}$`)} ${filters.join(" ")}`;
  return `id=$(${found}) && [ -n "$id" ] && docker rm --force "$id"`;
}

function foreign(host: Host, container: string): string {
  const look = host.shellCommand(`docker inspect ${container}`);
  return `${host.hostName} has a container ${container} that is not of this stack. Look at it (${look}), then remove or rename it.`;
}

function onHost(host: Host, script: string): boolean {
  const args = [...host.sshOptions, ...host.sshDestination, "--", script];
  return spawnSync("ssh", args, { stdio: "ignore", timeout: 60_000 }).status === 0;
}
