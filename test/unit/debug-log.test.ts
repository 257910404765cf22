import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { spareDebugLog } from "../../debug-log";

const load = createRequire(__filename);
const settings = load("@pulumi/pulumi/runtime/settings") as { getEngine: () => object };
const log = load("@pulumi/pulumi/log") as { debug: typeof pulumi.log.debug };

interface Message {
  getMessage(): string;
}

describe("the SDK's debug messages", () => {
  const { debug } = log;
  let sent: string[];
  beforeEach(() => {
    const told: string[] = []; // of this test only: messages come late
    sent = told;
    const engine = {
      log: (message: Message, done: () => void) => {
        told.push(message.getMessage());
        done();
      },
    };
    vi.spyOn(settings, "getEngine").mockReturnValue(engine);
  });
  afterEach(() => {
    log.debug = debug;
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  /** What the engine is told while a component is made, and by the program itself. */
  const messages = async (): Promise<string[]> => {
    await pulumi.runtime.setMocks({
      newResource: ({ inputs }) => ({ id: "", state: inputs as object }),
      call: () => ({}),
    });
    const thing = new pulumi.ComponentResource("test:index:Thing", "thing");
    await new Promise((done) => thing.urn.apply(done));
    await pulumi.log.info("of the program");
    return sent;
  };

  it("are several for each resource", async () => {
    expect((await messages()).filter((text) => text.includes("name=thing")).length).toBeGreaterThan(1);
  });

  it("stay away, and no others", async () => {
    spareDebugLog();
    expect(await messages()).toEqual(["of the program"]);
  });

  it("are there for who asks for them", async () => {
    vi.stubEnv("FARMSTACK_DEBUG_LOG", "1");
    spareDebugLog();
    expect((await messages()).length).toBeGreaterThan(2);
  });
});
