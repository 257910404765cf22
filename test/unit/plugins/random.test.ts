import { compareSync } from "bcryptjs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { checkCharacters, randomCharacters } from "../../../lab/plugins/random/characters";
import { randomPlugin } from "../../../lab/plugins/random";
import { context } from "./context";

const make = (type: string, inputs: object) =>
  randomPlugin.types[`random:index/random${type}:Random${type}`]!.create(inputs, context());

const groups = { lower: /[a-z]/g, upper: /[A-Z]/g, numeric: /[0-9]/g, special: /[!@#$%&*()\-_=+[\]{}<>:?]/g };

const characterInputs = fc.record({
  length: fc.integer({ min: 16, max: 64 }),
  lower: fc.boolean(),
  upper: fc.boolean(),
  special: fc.boolean(),
  numeric: fc.constant(true),
  minLower: fc.nat(4),
  minUpper: fc.nat(4),
  minNumeric: fc.nat(4),
  minSpecial: fc.nat(4),
});

test("a text has the length, the classes and the minimums that were asked for", () => {
  fc.assert(
    fc.property(characterInputs, (inputs) => {
      expect(checkCharacters(inputs)).toEqual([]);
      const text = randomCharacters(inputs);
      expect(text).toHaveLength(inputs.length);
      const found = Object.entries(groups).map(([name, pattern]) => ({
        name: name as keyof typeof groups,
        count: text.match(pattern)?.length ?? 0,
      }));
      expect(found.reduce((sum, { count }) => sum + count, 0)).toBe(inputs.length);
      const least = {
        lower: inputs.minLower,
        upper: inputs.minUpper,
        numeric: inputs.minNumeric,
        special: inputs.minSpecial,
      };
      for (const { name, count } of found) {
        expect(count).toBeGreaterThanOrEqual(least[name]);
        if (!inputs[name]) expect(count).toBe(least[name]);
      }
    }),
  );
});

test("every character of a class is as likely as the others", () => {
  const text = Array.from({ length: 100 }, () => randomCharacters({ length: 1000, special: false })).join("");
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  expect(counts.size).toBe(62);
  const expected = text.length / 62; // about 1613, standard deviation 40
  for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(6 * 40);
});

test("overrideSpecial takes the place of the special characters", () => {
  const text = randomCharacters({
    length: 50,
    lower: false,
    upper: false,
    numeric: false,
    overrideSpecial: "_-",
  });
  expect(text).toMatch(/^[_-]{50}$/);
});

test("impossible combinations are refused", () => {
  const property = (inputs: object) => checkCharacters(inputs).map((fault) => fault.property);
  expect(property({ length: 3, minLower: 2, minUpper: 2 })).toEqual(["length"]);
  expect(property({ length: 0 })).toEqual(["length"]);
  expect(property({ length: 8, number: true, numeric: false })).toEqual(["number"]);
  expect(property({ length: 8, lower: false, upper: false, number: false, special: false })).toEqual([
    "lower",
  ]);
});

test("a password has its bcrypt hash, and is not its own id", async () => {
  const { id, outputs } = await make("Password", { length: 20 });
  expect(id).toBe("none");
  expect(compareSync(outputs.result, outputs.bcryptHash)).toBe(true);
  expect(outputs).toMatchObject({ length: 20, special: true, numeric: true, number: true, minLower: 0 });
});

test("bytes are the same in both forms, and as many as asked for", async () => {
  const { outputs } = await make("Bytes", { length: 16 });
  expect(outputs.hex).toMatch(/^[0-9a-f]{32}$/);
  expect(Buffer.from(outputs.base64, "base64").toString("hex")).toBe(outputs.hex);
});

test("a UUID is its own id", async () => {
  const { id, outputs } = await make("Uuid", {});
  expect(outputs.result).toBe(id);
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("every input replaces", () => {
  for (const type of Object.values(randomPlugin.types))
    for (const change of Object.values(type.inputs)) expect(change).toBe("replace");
});
