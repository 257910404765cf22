import * as pulumi from "@pulumi/pulumi";
import { type Host } from "../hosts";
import { quote } from "../hosts/shell";

/**
 * Makes room for a container that is about to be created, when a cut run left one of its name behind: Docker made it,
 * Pulumi's engine died before it wrote that down, and now every run would fail on the name. The leftover is removed
 * only when its labels say that it is of this very stack; containers hold no data, so nothing is lost with it.
 * Anything else of that name is left alone, and the run fails.
 */
export function removeLeftover(
  host: Host,
  container: string,
  labels: Record<string, string>,
): pulumi.ResourceHook {
  return new pulumi.ResourceHook(`${container}-leftover`, async () => {
    const { ok, output: found } = await host.ask(leftoverScript(container, labels));
    if (!ok) throw new Error(`${host.hostName}: ${found}`);
    if (found === "foreign") {
      const look = host.shellCommand(`docker inspect ${container}`);
      throw new Error(
        `${host.hostName} has a container ${container} that is not of this stack. Look at it (${look}), then remove or rename it.`,
      );
    }
    if (found === "removed") {
      await pulumi.log.warn(`${container}: a cut run had left it on ${host.hostName}; it is made again`);
    }
  });
}

/** Prints `removed`, `foreign` when the container of that name has other labels, or nothing when there is none. */
export function leftoverScript(container: string, labels: Record<string, string>): string {
  const named = `docker ps --all --quiet --filter ${quote(`name=^/?${container}$`)}`;
  const ours = Object.entries(labels).map(([label, value]) => `--filter ${quote(`label=${label}=${value}`)}`);
  return `set -e; any=$(${named}); ours=$(${named} ${ours.join(" ")}); if [ -z "$any" ]; then :; elif [ "$any" = "$ours" ]; then docker rm --force "$ours" >/dev/null; echo removed; else echo foreign; fi`;
}
