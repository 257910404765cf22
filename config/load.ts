import * as pulumi from "@pulumi/pulumi";
import { ConfigurationFaults } from "./faults";
import { type StackSettings } from "./schema";
import { validate } from "./validate";

/**
 * The configuration of the stack that runs. Throws a RunError with all faults at once: Pulumi shows its message alone,
 * without a stack trace.
 */
export function loadSettings(): StackSettings {
  try {
    return validate(readProjectConfig(pulumi.runtime.allConfig(), pulumi.getProject()), pulumi.getStack());
  } catch (error) {
    throw error instanceof ConfigurationFaults ? new pulumi.RunError(error.message) : error;
  }
}

/**
 * The keys of this project's namespace, as values. Every key, not only those that are known, so that an unknown one
 * is found. Keys of other namespaces belong to Pulumi and its providers.
 */
export function readProjectConfig(all: Record<string, string>, project: string): Record<string, unknown> {
  const prefix = `${project}:`;
  return Object.fromEntries(
    Object.entries(all)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), parseValue(value)]),
  );
}

/** The engine hands over lists, groups, numbers and booleans as JSON, and plain text as it is. */
function parseValue(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
