import { isDeepStrictEqual } from "node:util";
import { type Difference, type Properties, type ResourceType } from "../resource-type";
import { given } from "./check";

/**
 * Compares old inputs to new ones, property by property, leaving out those whose change means nothing. A value
 * that is not known yet differs from every known one. An old input that the type does not know any more is an update.
 */
export function diffInputs(
  type: Pick<ResourceType, "inputs">,
  olds: Properties,
  news: Properties,
): Difference[] {
  const before = given(olds);
  const after = given(news);
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((property) => !isDeepStrictEqual(before[property], after[property]))
    .map((property): Difference => ({
      property,
      kind: !(property in before) ? "add" : !(property in after) ? "delete" : "update",
      change: type.inputs[property] ?? "update",
    }))
    .filter(({ change }) => change !== "ignore");
}
