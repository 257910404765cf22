import { crossFaults } from "./cross-faults";
import { ConfigurationFaults, inReadingOrder, type Fault } from "./faults";
import { stackSchema, type StackSettings } from "./schema";
import { shapeFaults } from "./shape-faults";

/** All faults of a configuration, in reading order. `stack` is named in the commands that the messages give. */
export function faultsOf(raw: unknown, stack: string): Fault[] {
  return inReadingOrder([...shapeFaults(raw, stack), ...crossFaults(raw)]);
}

/**
 * Checks a configuration and fills in the defaults. Throws ConfigurationFaults with all faults at once.
 * `stack` is named in the commands that the messages give.
 */
export function validate(raw: unknown, stack = "STACK"): StackSettings {
  const faults = faultsOf(raw, stack);
  if (faults.length > 0) throw new ConfigurationFaults(faults);
  return stackSchema.parse(raw);
}
