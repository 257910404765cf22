import * as pulumi from "@pulumi/pulumi";
import { type RemovalHooks } from "../container";
import { cephIn, type CommandLine } from "./command-line";

/**
 * For the containers of all OSDs: one that is no longer declared goes only when the cluster says that its data is safe
 * without it (`safe-to-destroy`); the preview says so already. Then the cluster forgets it (`purge`). One that is
 * replaced goes without a question, since its gate has asked already; without `protect` all do.
 */
export function guardOsds(
  cluster: string,
  declared: string[],
  monitor: CommandLine,
  protect: boolean,
): RemovalHooks {
  const ceph = cephIn(monitor.container);
  const goes = (name: string) => !protect || declared.includes(name);
  return {
    beforeDelete: new pulumi.ResourceHook(
      `${cluster}-osd-removal`,
      async ({ name, oldInputs }) => {
        if (goes(name)) return;
        const number = daemonId(oldInputs?.command);
        const answer = await askBefore(`${ceph} osd safe-to-destroy ${number}`, name, monitor);
        if (answer === undefined || answer.ok) return;
        throw new Error(
          `OSD ${number} (${daemonOf(name)}) is no longer in the configuration, and its data is not safe without it: ` +
            `${answer.output}. It was not stopped. Put it back, or drain it as docs/ceph.md says under "Taking an OSD out".`,
        );
      },
      { onDryRun: true },
    ),
    afterDelete: new pulumi.ResourceHook(`${cluster}-osd-removed`, async ({ name, oldInputs }) => {
      if (goes(name)) return;
      const purge = `${ceph} osd purge ${daemonId(oldInputs?.command)} --yes-i-really-mean-it`;
      const { ok, output } = await monitor.host
        .ask(purge)
        .catch(({ message }: Error) => ({ ok: false, output: message }));
      if (!ok)
        await pulumi.log.warn(
          `${daemonOf(name)} is gone, but the cluster still lists it: ${output}. Type: ${monitor.host.shellCommand(purge)}`,
        );
    }),
  };
}

/**
 * For the containers of all monitors: one that is no longer declared is taken out of the monitor map first, when the
 * others can do without it. Without `protect` it just goes.
 */
export function guardMonitors(
  cluster: string,
  declared: string[],
  monitor: CommandLine,
  protect: boolean,
): RemovalHooks {
  const ceph = cephIn(monitor.container);
  return {
    beforeDelete: new pulumi.ResourceHook(
      `${cluster}-monitor-removal`,
      async ({ name, oldInputs }) => {
        if (!protect || declared.includes(name)) return;
        const id = daemonId(oldInputs?.command);
        const dryRun = pulumi.runtime.isDryRun();
        const script =
          `if ${ceph} mon dump --format json 2>/dev/null | tr -d ' \\n' | grep -qF '"name":"${id}"'; then ` +
          `${ceph} mon ok-to-rm ${id}${dryRun ? "" : ` && ${ceph} mon rm ${id}`}; fi`;
        const answer = await askBefore(script, name, monitor);
        if (answer === undefined || answer.ok) return;
        throw new Error(
          `${daemonOf(name)} is no longer in the configuration, but the monitors can't do without it: ${answer.output}. It was not stopped. ` +
            `Look at: ${monitor.host.shellCommand(`${ceph} quorum_status`)}`,
        );
      },
      { onDryRun: true },
    ),
  };
}

const daemonOf = (resource: string): string => resource.replace(/-container$/, "");

/** Asks a question of a monitor. In a preview, which has to work where no host is reached, none is no answer. */
async function askBefore(
  question: string,
  name: string,
  monitor: CommandLine,
): Promise<{ ok: boolean; output: string } | undefined> {
  try {
    return await monitor.host.ask(question);
  } catch (error) {
    if (!pulumi.runtime.isDryRun()) throw error;
    await pulumi.log.warn(
      `${daemonOf(name)} is to be removed; whether the cluster can do without it is asked at \`up\`: ${(error as Error).message}`,
    );
    return undefined;
  }
}

/** What follows `--id` in a daemon's command line. Throws when there is nothing. */
export function daemonId(command: unknown): string {
  const words = Array.isArray(command) ? command.map(String) : [];
  const id = words[words.indexOf("--id") + 1] ?? "";
  if (!words.includes("--id") || !/^[a-z0-9-]+$/.test(id))
    throw new Error("a container of a daemon without its id");
  return id;
}
