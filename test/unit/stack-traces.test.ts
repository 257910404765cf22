import * as debuggable from "@pulumi/pulumi/runtime/debuggable";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { spareTracesOfPromises } from "../../stack-traces";

// Its declarations leave out what is the SDK's own.
const { debuggablePromise } = debuggable as unknown as {
  debuggablePromise: (promise: Promise<unknown>, context: string) => Promise<unknown>;
};

/** What the SDK keeps with a promise. */
function traceOfPromise(): unknown {
  const promise = Promise.resolve();
  void debuggablePromise(promise, "of a test");
  return (promise as { _debugStackTrace?: unknown })._debugStackTrace;
}

describe("the SDK's stack traces of promises", () => {
  // Stands for the one of ts-node.
  const map = vi.fn((error: Error, frames: NodeJS.CallSite[]) => `${error.message}, ${frames.length} frames`);
  const before = Error.prepareStackTrace;
  beforeEach(() => {
    map.mockClear();
    Error.prepareStackTrace = map;
  });
  afterEach(() => {
    Error.prepareStackTrace = before;
    vi.unstubAllEnvs();
  });

  it("are not mapped", () => {
    expect(traceOfPromise()).toMatch(/^, \d+ frames$/);
    spareTracesOfPromises();
    map.mockClear();
    expect(traceOfPromise()).toBe("");
    expect(map).not.toHaveBeenCalled();
  });

  it("are there for who looks for promises that never end", () => {
    vi.stubEnv("PULUMI_DEBUG_PROMISE_LEAKS", "true");
    spareTracesOfPromises();
    expect(traceOfPromise()).toMatch(/^, \d+ frames$/);
  });

  it("are the only ones that are spared", () => {
    spareTracesOfPromises();
    expect(new Error("a fault").stack).toMatch(/^a fault, \d+ frames$/);
  });

  it("do without a hook where there is none", () => {
    Reflect.deleteProperty(Error, "prepareStackTrace");
    spareTracesOfPromises();
    expect(Error.prepareStackTrace).toBeUndefined();
  });
});
