import { expect } from "vitest";

/** Expects that of each pair of resources the first was created, and before the second. @param steps such as `create NAME` */
export function expectOrder(steps: string[], pairs: [first: string, then: string][]): void {
  const at = (name: string) => steps.indexOf(`create ${name}`);
  for (const [first, then] of pairs) {
    expect(at(first), first).toBeGreaterThanOrEqual(0);
    expect(at(first), `${first} before ${then}`).toBeLessThan(at(then));
  }
}
