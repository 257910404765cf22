import { valueAt } from "../../policy/planned";
import { type Operation } from "./change";
import { type Step } from "./plan";

interface Subject {
  operation: Operation;
  type: string;
  name: string;
  /** The properties that change. */
  why: string[];
  step: Step;
}

/** Commands on hosts whose change restarts something there, by the end of their name. */
const commands: [RegExp, string][] = [
  [/-directories$/, "what writes in Harbor, when its version changes, until its containers are new ones"],
  [/-prepare$/, "Docker, when its settings changed; containers go on with liveRestore"],
  [/-kubernetes-node$/, "containerd and kubelet, when their settings changed; pods go on"],
  [/-kubernetes-(member|version)$/, "kubelet; with another version the node is drained first"],
  [/-kubernetes-endpoint$/, "HAProxy and keepalived, when their settings changed"],
];

/** What restarts or ends with a change; undefined when nothing does. Pure. */
export function restartsOf(subject: Subject): string | undefined {
  const { operation, type, name } = subject;
  if (operation === "create") return undefined;
  if (type === "docker:index/container:Container") {
    const container = name.replace(/-container$/, "");
    if (operation === "delete") return `${container} ends`;
    return operation === "replace" ? `${container} restarts` : undefined;
  }
  if (type === "command:remote:Command" && operation !== "delete")
    return commands.find(([ending]) => ending.test(name))?.[1];
  return type.startsWith("kubernetes:apps/v1:") ? podRestarts(subject) : undefined;
}

function podRestarts({ operation, why, step }: Subject): string | undefined {
  const { inputs } = step.newState ?? step.oldState ?? {};
  const replicas = valueAt(inputs, "spec", "replicas");
  const pods = typeof replicas === "number" ? `${replicas} pod${replicas === 1 ? "" : "s"}` : "its pods";
  if (operation === "delete") return `${pods} end${replicas === 1 ? "s" : ""}`;
  if (operation === "replace") return `${pods}, all at once`;
  return why.some((path) => path === "spec" || path.startsWith("spec.template"))
    ? `${pods}, one after the other`
    : undefined;
}
