import { label } from "./formats";

// Looks into a configuration that may have any faults.

export interface KnownHost {
  name: string | undefined;
  address: string | undefined;
}

/** What is wrong with a reference to a host, if anything. */
export function hostProblem(member: string, hosts: KnownHost[]): string | undefined {
  const names = hosts.flatMap(({ name }) => (name !== undefined && label.test(name) ? name : []));
  const allNamed = hosts.length > 0 && names.length === hosts.length; // or a wrong name would be reported here again
  return allNamed && !names.includes(member)
    ? `"${member}" is not one of the hosts (${[...new Set(names)].join(", ")})`
    : undefined;
}

export function group(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
