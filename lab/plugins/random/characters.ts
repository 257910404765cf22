import { randomInt } from "node:crypto";
import { type Fault, type Properties } from "../resource-type";

/** The classes of characters, in the terms of the inputs of RandomPassword and RandomString. */
const classes = [
  { on: "lower", least: "minLower", characters: "abcdefghijklmnopqrstuvwxyz" },
  { on: "upper", least: "minUpper", characters: "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
  { on: "numeric", least: "minNumeric", characters: "0123456789" },
  { on: "special", least: "minSpecial", characters: "!@#$%&*()-_=+[]{}<>:?" },
] as const;

/** The inputs of RandomPassword and RandomString with their defaults; `number` is the old name of `numeric`. */
export function withDefaults(inputs: Properties): Properties {
  const numeric = inputs.numeric ?? inputs.number ?? true;
  const defaults = {
    lower: true,
    upper: true,
    special: true,
    minLower: 0,
    minUpper: 0,
    minNumeric: 0,
    minSpecial: 0,
  };
  return { ...defaults, ...inputs, numeric, number: numeric };
}

/** What makes a combination of these inputs impossible. */
export function checkCharacters(given: Properties): Fault[] {
  const inputs = withDefaults(given);
  const faults: Fault[] = [];
  const least = classes.reduce((sum, { least }) => sum + Number(inputs[least]), 0);
  if (typeof inputs.length === "number" && inputs.length < Math.max(1, least))
    faults.push({
      property: "length",
      reason: `is ${inputs.length}; it must be at least ${Math.max(1, least)}`,
    });
  if (given.number !== undefined && given.numeric !== undefined && given.number !== given.numeric)
    faults.push({ property: "number", reason: 'is the old name of "numeric" and says something else' });
  if (classes.every(({ on }) => inputs[on] === false))
    faults.push({ property: "lower", reason: "one of lower, upper, numeric and special must be true" });
  return faults;
}

/** A random text by the inputs of RandomPassword and RandomString. Every allowed character is equally likely. */
export function randomCharacters(given: Properties): string {
  const inputs = withDefaults(given);
  const of = (group: (typeof classes)[number]): string =>
    (group.on === "special" && inputs.overrideSpecial) || group.characters;
  const all = classes
    .filter(({ on }) => inputs[on])
    .map(of)
    .join("");
  const demanded = classes.flatMap((group) => pick(of(group), inputs[group.least]));
  return shuffle([...demanded, ...pick(all, inputs.length - demanded.length)]).join("");
}

function pick(characters: string, count: number): string[] {
  const choices = [...characters];
  return Array.from({ length: count }, () => choices[randomInt(choices.length)]!);
}

/** Fisher and Yates: every order is equally likely. */
function shuffle<T>(items: T[]): T[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [items[last], items[other]] = [items[other]!, items[last]!];
  }
  return items;
}
