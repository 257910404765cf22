import { join } from "node:path";

/** A plan that a test recorded, for tests without an engine. */
export const planFile = (name: string): string => join(__dirname, "__snapshots__", "plans", `${name}.json`);

interface State {
  type: string;
  protect?: boolean;
  inputs?: Record<string, unknown>;
}

interface Step {
  op: string;
  urn: string;
  provider?: string;
  oldState?: State;
  newState?: State;
  [key: string]: unknown;
}

/** Inputs that say where something is and how much of it there is; the others are long, or of one machine. */
const inputsKept = ["metadata", "name", "networkMode", "restart"];

/**
 * What `pulumi preview --json` printed, cut down to the form that the engine gives it and what is the same on every
 * machine: without stack traces, ids, and long inputs.
 */
export function recorded(printed: string): string {
  const plan = JSON.parse(printed) as {
    config?: Record<string, string>;
    steps?: Step[];
    diagnostics?: object[];
    changeSummary?: object;
  };
  const hosts = plan.config?.["farmstack:hosts"];
  const steps = (plan.steps ?? []).map(({ op, urn, provider, oldState, newState, ...rest }) => ({
    op,
    urn,
    ...(provider ? { provider: provider.replace(/::[^:]*$/, "::ID") } : {}),
    ...(oldState ? { oldState: shortState(oldState) } : {}),
    ...(newState ? { newState: shortState(newState) } : {}),
    ...Object.fromEntries(
      ["diffReasons", "replaceReasons", "detailedDiff"].flatMap((key) =>
        rest[key] ? [[key, inOrder(rest[key])]] : [],
      ),
    ),
  }));
  // The engine goes through them side by side.
  steps.sort((a, b) => a.urn.localeCompare(b.urn));
  const { changeSummary } = plan;
  const diagnostics = plan.diagnostics
    ?.map((one) => JSON.stringify(one))
    .sort()
    .map((text): unknown => JSON.parse(text));
  const text = JSON.stringify(
    { config: hosts ? { "farmstack:hosts": hosts } : {}, steps, diagnostics, changeSummary },
    undefined,
    1,
  );
  // Names that the provider made up end with eight digits.
  return `${text.replaceAll(/-[0-9a-f]{8}"/g, '-00000000"')}\n`;
}

/** The engine gives reasons and paths in another order each time. */
const inOrder = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(String).sort()
    : Object.fromEntries(Object.entries(value as object).sort(([a], [b]) => a.localeCompare(b)));

function shortState({ type, protect, inputs = {} }: State): State {
  const kept = Object.entries(inputs).filter(([key]) => inputsKept.includes(key));
  const { spec } = inputs as { spec?: { replicas?: number } };
  if (spec?.replicas !== undefined) kept.push(["spec", { replicas: spec.replicas }]);
  return { type, ...(protect ? { protect } : {}), inputs: Object.fromEntries(kept) };
}
