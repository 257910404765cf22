import { type Change, type Properties } from "../resource-type";

/** The inputs in a resource's state, without what only the daemon knows. */
export function inputsOf(state: Properties, inputs: Record<string, Change>): Properties {
  return Object.fromEntries(Object.entries(state).filter(([name]) => name in inputs));
}
