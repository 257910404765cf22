import { isProps, textAt } from "../../policy/planned";
import { type Step } from "./plan";

/** Names of the stack's hosts, the longest first: one may begin with another. */
export function hostsIn(config: Record<string, string>): string[] {
  const hosts = Object.entries(config).find(([key]) => key.endsWith(":hosts"))?.[1];
  return namesIn(hosts ?? "[]").sort((a, b) => b.length - a.length);
}

function namesIn(text: string): string[] {
  try {
    const hosts: unknown = JSON.parse(text);
    return Array.isArray(hosts) ? hosts.flatMap((host) => textAt(host, "name") ?? []) : [];
  } catch {
    return []; // a secret: it is not shown
  }
}

/** The host or the namespace that a change is on; what is on neither is of the cluster or of the stack. */
export function whereOf({ provider, newState, oldState }: Step, name: string, hosts: string[]): string {
  const host = /\$pulumi:providers:docker::(.+)-docker::/.exec(provider ?? "")?.[1];
  if (host !== undefined) return host;
  const { type = "", inputs } = newState ?? oldState ?? {};
  if (type.startsWith("kubernetes:"))
    return namespaceOf(inputs) ?? namespaceOf(oldState?.inputs) ?? "cluster";
  return hosts.find((candidate) => name.startsWith(`${candidate}-`)) ?? "stack";
}

/** Something that a preview can't know yet is a certain UUID in its JSON. */
const notKnown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

function namespaceOf(inputs: unknown): string | undefined {
  const namespace = isProps(inputs) ? textAt(inputs, "metadata", "namespace") : undefined;
  return namespace === notKnown ? undefined : namespace;
}
