import { type Properties, unknown } from "../resource-type";
import { is, type Kind } from "./kind";

/** The object that a creation with these inputs gives, as far as it can be foreseen without asking the API server. */
export function foreseenCreation(kind: Kind, inputs: Properties): Properties {
  const { spec } = inputs;
  if (!is(kind, "v1/Service") || typeof spec !== "object") return inputs;
  return { ...inputs, spec: { clusterIP: unknown, ...spec } };
}

/** The object that an update gives: as it was, with what the inputs change. */
export function foreseenUpdate(
  olds: { inputs: Properties; state: Properties },
  news: Properties,
): Properties {
  return overlaid(olds.state, olds.inputs, news) as Properties;
}

function overlaid(state: unknown, before: unknown, after: unknown): unknown {
  if (!isObject(state) || !isObject(after)) return after;
  const previous = isObject(before) ? before : {};
  const kept = Object.entries(state).filter(([key]) => !(key in previous) || key in after);
  return {
    ...Object.fromEntries(kept),
    ...Object.fromEntries(
      Object.entries(after).map(([key, inner]) => [key, overlaid(state[key], previous[key], inner)]),
    ),
  };
}

const isObject = (value: unknown): value is Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value);
