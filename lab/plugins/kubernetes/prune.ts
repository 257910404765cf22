import { type Properties } from "../resource-type";
import { type KubernetesObject } from "./cluster";
import { equalQuantities, isQuantity } from "./quantity";

/**
 * What inputs would give the live object: those fields of it that the inputs speak about. Where the API server only
 * writes a value in another way, or leaves out one that says nothing, the inputs' own way stays.
 */
export function liveInputs(live: KubernetesObject, inputs: Properties): Properties {
  return pruned(live, inputs, []) as Properties;
}

function pruned(live: unknown, input: unknown, path: string[]): unknown {
  if (Array.isArray(live) && Array.isArray(input)) {
    // By position. Elements after those of the inputs are of somebody else.
    return input.slice(0, live.length).map((inner, index) => pruned(live[index], inner, path));
  }
  if (isObject(live) && isObject(input)) {
    const kept = Object.entries(input).filter(([key, inner]) => key in live || saysNothing(inner));
    return Object.fromEntries(
      kept.map(([key, inner]) => [key, key in live ? pruned(live[key], inner, [...path, key]) : inner]),
    );
  }
  return isQuantity(path) && equalQuantities(live, input) ? input : live;
}

const isObject = (value: unknown): value is Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Values that the API server leaves out, since their absence means the same. */
function saysNothing(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isObject(value)) return Object.values(value).every(saysNothing);
  return value === "" || value === 0 || value === false || value === null;
}
