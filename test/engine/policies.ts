export const withPolicies = ["--policy-pack", "policy"];

/** Names of the policies that the engine reported, by level. */
export function reported(printed: string): { mandatory: string[]; advisory: string[] } {
  const of = (level: string) => [
    ...new Set([...printed.matchAll(new RegExp(`\\[${level}\\] +([\\w-]+)`, "g"))].map(([, name]) => name)),
  ];
  return { mandatory: (of("mandatory") as string[]).sort(), advisory: (of("advisory") as string[]).sort() };
}
