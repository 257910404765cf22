import { quote } from "../../components/hosts/shell";
import { anyCode, run } from "../../lab/run";
import { readHealth } from "../harbor/status";
import { kubectl } from "../kubernetes/kubectl";
import { parseStatus } from "../logging/status";
import { lastLine, onHost } from "../connection";
import { hostsOf, type Stack } from "../stack";

/** What a component's own health command said. */
export interface CommandStatus {
  /** Such as `logging`. */
  name: string;
  well: boolean;
  /** Its first line, or why there is none. */
  said: string;
  /** What to type to see the same. */
  command: string;
}

type Answer = Pick<CommandStatus, "well" | "said">;

const firstLine = (printed: string): Answer => ({
  well: true,
  said: printed.trim().split("\n")[0] || "it said nothing",
});

/** Components whose commands end with 0 when they are asked at all, and say in words that something is wrong. */
const answers: Record<string, ((printed: string) => Answer) | undefined> = {
  harbor: (printed) => {
    const { status, unhealthy } = readHealth(printed);
    const parts = unhealthy.length > 0 ? ` (${unhealthy.join(", ")})` : "";
    return { well: status === "healthy", said: `${status}${parts}` };
  },
  logging: (printed) => {
    const { health, nodes } = parseStatus("", printed);
    // Yellow is what one node always is.
    const well = ["green", "yellow"].includes(health) && nodes.there >= nodes.wanted;
    return { well, said: `${health}, ${nodes.there} of ${nodes.wanted} nodes` };
  },
};

/**
 * Runs a command that a component says shows its health; it is well when the command ends with 0. One that begins with
 * `ssh` goes the stack's own way: its login, its key, and no other host key than the stack's.
 */
export async function commandStatus(stack: Stack, name: string, command: string): Promise<CommandStatus> {
  try {
    const { code, stdout, stderr } = await answerTo(stack, command);
    if (code !== 0) return { name, command, well: false, said: lastLine(stderr || stdout) };
    return { name, command, ...(answers[name] ?? firstLine)(stdout) };
  } catch (error) {
    return { name, command, well: false, said: (error as Error).message };
  }
}

async function answerTo(stack: Stack, command: string) {
  const overSsh = /^ssh (?:-p \d+ )?[^@\s]+@(\S+) (?:sudo )?(.+)$/s.exec(command);
  if (overSsh) {
    const [, address, remote = ""] = overSsh;
    const known = stack.settings.hosts.find((host) => host.address === address);
    const [host] = known ? hostsOf(stack, [known.name]) : [];
    if (!host) throw new Error(`the stack's file has no host ${address}`);
    return onHost(host, `timeout 40 sh -c ${quote(remote)}`, 60_000);
  }
  if (command.startsWith("kubectl "))
    return { code: 0, stdout: await kubectl(stack, command.split(/\s+/).slice(1)), stderr: "" };
  return run("sh", ["-c", command], { allow: anyCode, timeout: 60_000 });
}
