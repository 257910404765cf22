import { containerName } from "../../components/ceph/daemons";
import { quote } from "../../components/hosts/shell";
import { type RunResult } from "../../lab/run";
import { lastLine, onHost, type RemoteHost, shellCommand } from "../connection";
import { hostsOf, type Stack } from "../stack";

/** The cluster of a stack, asked through the container of a monitor: the first that answers, then always that one. */
export class Cluster {
  private readonly monitors: RemoteHost[];
  private answering: RemoteHost | undefined;

  /** @param names of the hosts with a monitor */
  constructor(
    private readonly stack: Stack,
    names = stack.settings.ceph.monitors,
  ) {
    this.monitors = hostsOf(stack, names);
  }

  /**
   * Asks questions, each the arguments of `ceph`, in one connection, and gives the answers in their order. When a
   * monitor fails, the next is asked. Throws when none answers, with what each one said.
   */
  async ask<Answers extends unknown[]>(...questions: { [K in keyof Answers]: string }): Promise<Answers> {
    const failures: string[] = [];
    for (const host of this.inOrder()) {
      const { code, stdout, stderr } = await onHost(host, askScript(host.name, questions)).catch(
        (error: Error): RunResult => ({ code: -1, stdout: "", stderr: error.message }),
      );
      if (code === 0) {
        this.answering = host;
        return stdout
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line) as unknown) as Answers;
      }
      failures.push(`  ${host.name}: ${lastLine(stderr)}`);
    }
    this.answering = undefined;
    const [first] = this.monitors as [RemoteHost];
    throw new Error(
      `no monitor of stack ${this.stack.name} answers:\n${failures.join("\n")}\nLook at: ${shellCommand(first, `docker logs --tail 50 ${containerName("mon", first.name)}`)}`,
    );
  }

  /**
   * Runs a command, the arguments of `ceph`, on the monitor that answered last. A bad exit code is an answer:
   * `ok` tells, and `said` is what Ceph printed about it.
   */
  async tell(command: string): Promise<{ ok: boolean; said: string }> {
    const host = this.answering ?? (this.monitors[0] as RemoteHost);
    const { code, stdout, stderr } = await onHost(host, `${cephOn(host.name)} ${command}\n`);
    return { ok: code === 0, said: (stderr.trim() || stdout.trim()).replace(/^Error E\w+: /, "") };
  }

  /** What to type to ask the cluster, for messages. */
  command(question: string): string {
    const host = this.answering ?? (this.monitors[0] as RemoteHost);
    return shellCommand(host, `docker exec ${containerName("mon", host.name)} ceph ${question}`);
  }

  private inOrder(): RemoteHost[] {
    const first = this.answering;
    return first ? [first, ...this.monitors.filter((host) => host !== first)] : this.monitors;
  }
}

// The inner limit lets ceph say why; the outer one is for an engine that hangs.
const cephOn = (monitor: string): string =>
  `timeout 40 docker exec ${quote(containerName("mon", monitor))} ceph --connect-timeout 10`;

/** Script that prints each answer as a line of JSON, and ends badly at the first that fails. */
function askScript(monitor: string, questions: readonly string[]): string {
  return `
ask() {
  answer=$(${cephOn(monitor)} "$@" --format json) || exit 1
  printf '%s' "$answer" | tr -d '\\n'
  echo
}
${questions.map((question) => `ask ${question}`).join("\n")}
`;
}
