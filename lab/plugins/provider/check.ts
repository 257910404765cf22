import { type Fault, type Properties, type ResourceType } from "../resource-type";

/** Properties that only the machinery reads, such as the `__defaults` of the bridged official plugins. */
export const isInternal = (property: string) => property.startsWith("__");

/** What the program gave: without internal properties and absent values. */
export function given(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).filter(
      ([name, value]) => !isInternal(name) && value !== null && value !== undefined,
    ),
  );
}

/** Inputs with defaults filled in, and everything that is wrong with them. */
export function checkInputs(
  token: string,
  type: ResourceType,
  resource: { inputs: Properties; olds: Properties; name: string },
): { inputs: Properties; faults: Fault[] } {
  const inputs = given(resource.inputs);
  const unknownOnes = Object.keys(inputs)
    .filter((name) => !(name in type.inputs))
    .map((property) => ({ property, reason: `the lab's stand-in for ${token} does not take "${property}"` }));
  const missing = type.required
    .filter((name) => !(name in inputs))
    .map((property) => ({ property, reason: `${token} needs "${property}"` }));
  const faults = [...unknownOnes, ...missing, ...(type.check?.(inputs) ?? [])];
  const complete = faults.length === 0 && type.defaults;
  return {
    inputs: complete ? complete.call(type, inputs, given(resource.olds), resource.name) : inputs,
    faults,
  };
}
