import { type z } from "zod";
import { type FoundFault } from "./faults";
import { nearMiss } from "./near-miss";
import { keysAt, type Path } from "./outline";
import { stackSchema } from "./schema";

type Issue = z.core.$ZodIssue;

/** What is wrong with fields by themselves: unknown, missing, of a wrong type or form. `stack` is for the commands named. */
export function shapeFaults(raw: unknown, stack: string): FoundFault[] {
  const issues = stackSchema.safeParse(raw).error?.issues ?? [];
  const unknown = issues.filter((issue) => issue.code === "unrecognized_keys").flatMap(unknownKeys);
  const others = issues
    .filter((issue) => issue.code !== "unrecognized_keys")
    .flatMap((issue) => {
      const at = pathOf(issue);
      const value = valueAt(raw, at);
      const missing = value === undefined && issue.code !== "invalid_key";
      // A misspelled key would be reported twice: as unknown, and as missing under its right name.
      if (missing && unknown.some(({ meant }) => meant && samePath(meant, at))) return [];
      return { at, problem: missing ? missingProblem(at, stack) : problemOf(issue, value) };
    });
  return [...unknown, ...others];
}

function unknownKeys(issue: Issue & { code: "unrecognized_keys" }): (FoundFault & { meant?: Path })[] {
  const parent = pathOf(issue);
  const known = keysAt(parent);
  return issue.keys.map((key) => {
    const near = nearMiss(key, known);
    const hint = near ? `did you mean ${near}?` : `known are ${known.join(", ")}`;
    return {
      at: [...parent, key],
      problem: `unknown key, ${hint}`,
      meant: near ? [...parent, near] : undefined,
    };
  });
}

function missingProblem(at: Path, stack: string): string {
  return at.at(-1) === "hostKey" ? `missing; run npm run hosts:trust -- --stack ${stack}` : "missing";
}

function problemOf(issue: Issue, value: unknown): string {
  if (value === null) return "empty: give it a value, or leave it out";
  switch (issue.code) {
    case "invalid_type":
      return `expected ${typeNames[issue.expected] ?? issue.expected}, found ${typeOf(value)}`;
    case "invalid_value": {
      const near = typeof value === "string" ? nearMiss(value, issue.values.map(String)) : undefined;
      return `expected ${issue.values.join(" or ")}${near ? `, did you mean ${near}?` : ""}`;
    }
    case "too_small":
      return issue.origin === "array"
        ? `expected at least ${issue.minimum} entry`
        : `expected at least ${issue.minimum}`;
    case "too_big":
      return `expected at most ${issue.maximum}`;
    case "invalid_key":
      return issue.issues[0]?.message ?? "not a key that can stand here";
    default:
      return issue.message;
  }
}

const typeNames: Record<string, string> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a group of settings",
  record: "a group of settings",
};

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return typeNames.array ?? "";
  return typeNames[typeof value] ?? typeof value;
}

function pathOf(issue: Issue): (string | number)[] {
  return issue.path.map((segment) => (typeof segment === "number" ? segment : String(segment)));
}

function valueAt(raw: unknown, at: Path): unknown {
  return at.reduce<unknown>(
    (value, segment) =>
      typeof value === "object" && value !== null
        ? (value as Record<string | number, unknown>)[segment]
        : undefined,
    raw,
  );
}

function samePath(a: Path, b: Path): boolean {
  return a.length === b.length && a.every((segment, index) => segment === b[index]);
}
