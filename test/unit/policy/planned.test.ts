import { expect, it } from "vitest";
import { plain, stackOf, unknown, valueAt } from "../../../policy/planned";

it("what the engine can't tell yet becomes a mark instead of an error", () => {
  const wrapped = {
    known: ["a", { b: 1 }],
    get later(): string {
      throw new Error("string value at .later can't be known during preview");
    },
  };
  const its = plain({ deep: wrapped, nothing: null });
  expect(its).toEqual({ deep: { known: ["a", { b: 1 }], later: unknown }, nothing: null });
  expect(valueAt(its, "deep", "later", "further")).toBe(unknown);
  expect(valueAt(its, "deep", "not there", "further")).toBeUndefined();
});

it("a URN names its stack", () => {
  expect(stackOf("urn:pulumi:prod::farmstack::a:b:C$d:e:F::name")).toBe("prod");
});
