import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigurationFaults, validate } from "../../../config";
import { formatPath, keysAt, type Path } from "../../../config/outline";
import { completeSettings } from "./samples";

type Group = Record<string | number, unknown>;

/** Paths of all values in a configuration, groups and lists included. */
function pathsIn(value: unknown, at: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [at];
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  const below = keys.flatMap((key) => pathsIn((value as Group)[key], [...at, key]));
  return at.length === 0 ? below : [at, ...below];
}

/** The group or list that a path ends in. */
function parentOf(settings: unknown, path: Path): Group {
  return path.slice(0, -1).reduce<unknown>((value, key) => (value as Group)[key], settings) as Group;
}

function faultPaths(raw: unknown): string[] {
  try {
    validate(raw);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationFaults) return error.faults.map(({ path }) => path);
    throw error;
  }
}

const allPaths = pathsIn(completeSettings());
/** Paths whose last key the schema knows by name; elsewhere keys are free or are indexes. */
const keyPaths = allPaths.filter((path) => keysAt(path.slice(0, -1)).length > 0);
const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,12}$/);

describe("a valid configuration that is changed in one place", () => {
  it("has a fault at a key that is not known", () => {
    fc.assert(
      fc.property(fc.constantFrom(...keyPaths), word, (path, key) => {
        fc.pre(!keysAt(path.slice(0, -1)).includes(key));
        const settings = completeSettings();
        parentOf(settings, path)[key] = 1;
        expect(faultPaths(settings)).toEqual([formatPath([...path.slice(0, -1), key])]);
      }),
    );
  });

  it("has a fault at a key that was misspelled, and none more there", () => {
    fc.assert(
      fc.property(fc.constantFrom(...keyPaths), fc.nat(), (path, position) => {
        const settings = completeSettings();
        const parent = parentOf(settings, path);
        const right = String(path.at(-1));
        const at = position % (right.length + 1);
        const wrong = `${right.slice(0, at)}x${right.slice(at)}`;
        parent[wrong] = parent[right];
        delete parent[right];
        const paths = faultPaths(settings);
        expect(paths).toContain(formatPath([...path.slice(0, -1), wrong]));
        expect(paths).not.toContain(formatPath(path));
      }),
    );
  });

  it("has a fault at or below a value of a type that fits nowhere", () => {
    fc.assert(
      fc.property(fc.constantFrom(...allPaths), fc.constantFrom(null, [[[]]], -1.5, "\n"), (path, value) => {
        fc.pre(!(value === -1.5 && /ettings$/.test(String(path[1])))); // an option of Ceph may well be -1.5
        fc.pre(!(value === "\n" && path[2] === "values" && path.length === 4)); // a value may be any text
        fc.pre(path[1] !== "kubelet" || path.length === 2); // a field of the kubelet may be anything
        const settings = completeSettings();
        parentOf(settings, path)[path.at(-1)!] = value;
        expect(faultPaths(settings).some((found) => found.startsWith(formatPath(path)))).toBe(true);
      }),
    );
  });

  it("is valid or has faults, whatever comes to stand there", () => {
    fc.assert(
      fc.property(fc.constantFrom(...allPaths), fc.anything(), (path, value) => {
        const settings = completeSettings();
        parentOf(settings, path)[path.at(-1)!] = value;
        expect(() => faultPaths(settings)).not.toThrow();
      }),
    );
  });
});

it("anything at all has faults, and does no harm", () => {
  fc.assert(fc.property(fc.anything(), (raw) => faultPaths(raw).length > 0));
});
