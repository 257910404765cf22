import { describe, expect, it } from "vitest";
import { failure } from "../../failure";

describe("what failed, at the end of the log", () => {
  it("is a title and a message, without colours, stack traces and empty lines", () => {
    const said = "\u001b[31mError\u001b[39m: three\n\n    at run (/tree/x.ts:1:1)\nis not two";
    expect(failure("takes", said)).toEqual(["✗ takes", "✗     Error: three", "✗     is not two"]);
    expect(failure("takes", "")).toEqual(["✗ takes"]);
  });

  it("is begin and end where the message is long", () => {
    const long = Array.from({ length: 100 }, (_, i) => `line ${i} ${"x".repeat(1000)}`).join("\n");
    const lines = failure("takes", long);
    expect(lines.length).toBe(18);
    expect(lines[4]).toMatch(/ line 3 x/);
    expect(lines.slice(5, 7)).toEqual(["✗     … 84 lines …", expect.stringMatching(/ line 88 x/)]);
    expect(lines.at(-1)).toMatch(/ line 99 x/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(320);
  });
});
