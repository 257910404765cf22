import { keeperProgramPath } from "../../components/logging/keeper";
import { quote } from "../../components/hosts/shell";
import { lastLine, onHost, shellCommand, Unreachable } from "../connection";
import { Refusal } from "../outcome";
import { hostsOf, type Stack } from "../stack";

/**
 * Runs the store's own program on the first of its hosts that can be reached, and gives what it printed. `input` goes to
 * its standard input. Throws a Refusal when the stack has no log store.
 */
export async function askKeeper(
  stack: Stack,
  args: string[],
  { input = "", timeout }: { input?: string; timeout?: number } = {},
): Promise<string> {
  const hosts = hostsOf(stack, stack.settings.logging.hosts);
  if (hosts.length === 0) throw new Refusal("the stack has no log store: logging.hosts is empty");
  const command = [keeperProgramPath, ...args.map(quote)].join(" ");
  const script = `[ -x ${keeperProgramPath} ] || { echo "there is no log store yet: run pulumi up --stack ${stack.name}" >&2; exit 1; }
printf %s ${quote(input)} | ${command}`;
  let unreachable: unknown;
  for (const host of hosts)
    try {
      const { code, stdout, stderr } = await onHost(host, script, timeout);
      if (code === 0) return stdout;
      throw new Error(`${lastLine(stderr)}\nSee: ${shellCommand(host, `${keeperProgramPath} status`)}`);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      unreachable ??= error;
    }
  throw unreachable;
}
