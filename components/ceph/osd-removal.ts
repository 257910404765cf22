import * as pulumi from "@pulumi/pulumi";
import { type Host } from "../hosts";
import { quote } from "../hosts/shell";

/**
 * A hook for the containers of all OSDs: one that is no longer in the configuration goes only when the cluster says
 * that its data is safe without it (`safe-to-destroy`). One that is replaced goes without a question, since its gate
 * has asked already. The hook has a name of its own, so that the engine finds it for containers that the program no
 * longer declares.
 */
export function guardOsdRemoval(
  cluster: string,
  declared: string[],
  monitor: { host: Host; container: string },
): pulumi.ResourceHook {
  return new pulumi.ResourceHook(`${cluster}-osd-removal`, async ({ name, oldInputs }) => {
    if (declared.includes(name)) return;
    const number = osdNumber(oldInputs?.command as unknown);
    const question = `docker exec ${quote(monitor.container)} ceph --connect-timeout 20 osd safe-to-destroy ${number}`;
    const { ok, output } = await monitor.host.ask(question);
    if (ok) return;
    throw new Error(
      `OSD ${number} (${name.replace(/-container$/, "")}) is no longer in the configuration, and its data is not safe without it: ` +
        `${output}. It was not stopped. Put it back, or take it out as docs/ceph.md says under "Taking an OSD out".`,
    );
  });
}

/** The number after `--id` in an OSD's command line. Throws when there is none. */
export function osdNumber(command: unknown): string {
  const words = Array.isArray(command) ? command.map(String) : [];
  const number = words[words.indexOf("--id") + 1] ?? "";
  if (!words.includes("--id") || !/^\d+$/.test(number))
    throw new Error("a container of an OSD without its number");
  return number;
}
