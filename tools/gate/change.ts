import { type DataBearing, dataOf } from "../../policy/data";
import { stackOf } from "../../policy/planned";
import { type Plan, type Step } from "./plan";
import { restartsOf } from "./restarts";
import { hostsIn, whereOf } from "./where";

export type Operation = "create" | "update" | "replace" | "delete";

/** What happens to one resource. */
export interface Change {
  operation: Operation;
  urn: string;
  type: string;
  /** Its logical name. */
  name: string;
  /** Host, namespace or `stack`. */
  where: string;
  /** The properties that change, or why it goes. */
  why: string[];
  /** What restarts or ends; undefined when nothing does. */
  restarts?: string;
  /** What is lost with it; undefined when nothing is. */
  loses?: string;
}

const operations: Record<string, Operation> = {
  create: "create",
  import: "create",
  update: "update",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  "import-replacement": "replace",
  delete: "delete",
  // The state forgets it; what it stands for may stay, and nobody looks after it.
  discard: "delete",
};

/** What a plan does, a change for each resource that does not stay as it is. Pure. */
export function changesOf(plan: Plan): Change[] {
  const hosts = hostsIn(plan.config);
  const byUrn = new Map<string, Step[]>();
  for (const step of plan.steps)
    if (operations[step.op]) byUrn.set(step.urn, [...(byUrn.get(step.urn) ?? []), step]);
  return [...byUrn.values()].map((steps) => changeOf(steps, hosts));
}

function changeOf(steps: Step[], hosts: string[]): Change {
  const [step] = steps as [Step];
  const all = steps.map(({ op }) => operations[op]);
  const operation = all.includes("replace") ? "replace" : (all[0] as Operation);
  const type = (step.newState ?? step.oldState)?.type ?? typeIn(step.urn);
  const { urn } = step;
  const name = urn.split("::").slice(3).join("::");
  const gone = operation === "delete" || operation === "replace";
  const data: DataBearing | undefined = gone ? dataOf({ type, urn }) : undefined;
  const why = whyOf(operation, steps);
  return {
    operation,
    urn,
    type,
    name,
    where: whereOf(step, name, hosts),
    why,
    restarts: restartsOf({ operation, type, name, why, step }),
    loses: data?.loses,
  };
}

/** A URN ends with the types of the parents, `$` between them, and the name. */
const typeIn = (urn: string): string => urn.split("::")[2]?.split("$").pop() ?? "";

function whyOf(operation: Operation, steps: Step[]): string[] {
  if (operation === "delete") return ["no longer declared"];
  if (operation === "create") return ["new"];
  const of = (take: (step: Step) => string[]) => [...new Set(steps.flatMap(take))].sort();
  const forced = of(({ replaceReasons }) => replaceReasons ?? []);
  const detailed = of(({ detailedDiff }) => Object.keys(detailedDiff ?? {}));
  const plain = of(({ diffReasons }) => diffReasons ?? []);
  const first = operation === "replace" ? [forced, detailed, plain] : [detailed, plain];
  return first.find((reasons) => reasons.length > 0) ?? ["asked for, or what it depends on is replaced"];
}

/** Stack of a plan; undefined of one without a step. */
export const stackIn = ({ steps }: Plan): string | undefined => steps[0] && stackOf(steps[0].urn);
