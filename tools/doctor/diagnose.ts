import { ConfigurationFaults } from "../../config/faults";
import { type StackSettings } from "../../config/schema";
import { step } from "../../lab/progress";
import { hostsOf, openStack, type StackChoice } from "../stack";
import { type Finding, fault, ok, stackFile } from "./finding";
import { examineHost } from "./host";
import { examineMachine } from "./machine";
import { needsOf } from "./needs";

/**
 * Everything that would make `pulumi up` fail, as far as it can be seen without changing anything. Hosts are looked at only
 * when the stack's file has no faults. Throws when there is no such file.
 */
export async function diagnose(
  choice: StackChoice,
  pulumiOf: (stack: string | undefined) => string,
): Promise<Finding[]> {
  const opened = await openStack(choice).catch((error: Error) => {
    if (error instanceof ConfigurationFaults) return error;
    throw error;
  });
  if (opened instanceof ConfigurationFaults)
    return [...faultsIn(opened), ...(await machine(pulumiOf(choice.stack), undefined))];
  const { settings, name } = opened;
  const hosts = hostsOf(
    opened,
    settings.hosts.map((host) => host.name),
  );
  const [here, there] = await Promise.all([
    machine(pulumiOf(name), settings),
    step(`looking at ${hosts.length} hosts`, () =>
      Promise.all(hosts.map((host) => examineHost(host, needsOf(settings, host.name), name))),
    ),
  ]);
  return [{ where: stackFile, ...ok("settings", "no faults") }, ...here, ...there.flat()];
}

const machine = (pulumi: string, settings: StackSettings | undefined) =>
  step("looking at this machine", () => examineMachine(pulumi, settings));

const faultsIn = ({ faults }: ConfigurationFaults): Finding[] =>
  faults.map(({ path, problem }) => ({
    where: stackFile,
    ...fault(
      path,
      problem,
      "docs/configuration.md says what is expected; the hosts are looked at when it is right",
    ),
  }));
