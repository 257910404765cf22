import { exitCodes } from "../outcome";
import { type Change, changesOf, type Operation, stackIn } from "./change";
import { type Plan } from "./plan";

export interface Verdict {
  /** Undefined of a plan without a step. */
  stack?: string;
  /** Why the preview itself failed. */
  errors: string[];
  /** Deletes and replaces with which data goes, and that nobody allowed. */
  refused: Change[];
  /** Those that were allowed. */
  allowed: Change[];
  /** What else restarts or ends something. */
  restarts: Change[];
  /** All the rest. */
  quiet: Change[];
  counts: Record<Operation, number>;
  /** Of what was to be allowed, what is not in the plan. */
  notThere: string[];
}

/** What a reviewer has to know of a plan. `allow`: URNs, types or logical names of what may go. Pure. */
export function judge(plan: Plan, allow: string[] = []): Verdict {
  const changes = changesOf(plan);
  const names = ({ urn, type, name }: Change) => [urn, type, name];
  const isAllowed = (change: Change) => names(change).some((its) => allow.includes(its));
  const data = changes.filter(({ loses }) => loses !== undefined);
  const rest = changes.filter(({ loses }) => loses === undefined);
  const count = (operation: Operation) => changes.filter((change) => change.operation === operation).length;
  return {
    stack: stackIn(plan),
    errors: plan.errors,
    refused: data.filter((change) => !isAllowed(change)),
    allowed: data.filter(isAllowed),
    restarts: rest.filter(({ restarts }) => restarts !== undefined),
    quiet: rest.filter(({ restarts }) => restarts === undefined),
    counts: {
      create: count("create"),
      update: count("update"),
      replace: count("replace"),
      delete: count("delete"),
    },
    notThere: allow.filter((its) => !data.some((change) => names(change).includes(its))),
  };
}

/** 0: nothing that holds data goes; 1: the preview itself failed, so that nobody knows; 2: something does. */
export function verdictExitCode({ errors, refused }: Verdict): number {
  if (errors.length > 0) return exitCodes.failed;
  return refused.length > 0 ? exitCodes.refused : exitCodes.done;
}
