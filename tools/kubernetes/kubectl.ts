import { quote } from "../../components/hosts/shell";
import { expandHome } from "../../components/hosts/ssh";
import { admin } from "../../components/kubernetes/kubectl";
import { anyCode, run, type RunResult } from "../../lab/run";
import { lastLine, onHost, Unreachable } from "../connection";
import { hostsOf, type Stack } from "../stack";
import { controlPlanesOf } from "./snapshots";

/** kubectl said no. */
export class KubectlFailed extends Error {}

/**
 * Runs kubectl as the cluster's administrator, and gives what it printed: on the first control plane that can be reached,
 * or here, with the stack's kubeconfigFile. `input` is for `--filename -`. Throws KubectlFailed, or Unreachable.
 */
export async function kubectl(stack: Stack, args: string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await runKubectl(stack, args, input);
  if (code === 0) return stdout;
  throw new KubectlFailed(`kubectl ${args.slice(0, 3).join(" ")}: ${lastLine(stderr)}`);
}

async function runKubectl(stack: Stack, args: string[], input: string | undefined): Promise<RunResult> {
  const { kubeconfigFile } = stack.settings.kubernetes;
  if (kubeconfigFile !== undefined)
    return run("kubectl", ["--kubeconfig", expandHome(kubeconfigFile), ...args], {
      input,
      allow: anyCode,
    }).catch((error: NodeJS.ErrnoException) => {
      throw error.code === "ENOENT" ? new Error("kubectl is not installed: install it") : error;
    });
  const command = `${admin} ${args.map(quote).join(" ")}`;
  const script = input === undefined ? command : `printf %s ${quote(input)} | ${command}`;
  let unreachable: unknown;
  for (const host of hostsOf(stack, controlPlanesOf(stack)))
    try {
      return await onHost(host, script);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      unreachable ??= error;
    }
  throw unreachable;
}
