import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createApp, type App } from "../../../examples/profile-app/src/app";
import { jsonLog } from "../../../examples/profile-app/src/log";
import { type Profiles, type StoredProfile } from "../../../examples/profile-app/src/profile";

/** A collection in memory, which can be away. */
class Memory implements Profiles {
  stored?: StoredProfile;
  away = false;
  async read() {
    await this.ping();
    return this.stored;
  }
  async save(profile: Omit<StoredProfile, "savedAt">) {
    await this.ping();
    this.stored = { ...profile, savedAt: new Date() };
  }
  async ping() {
    if (this.away) throw new Error("connect ECONNREFUSED");
  }
}

interface Answer {
  status: number;
  headers: IncomingMessage["headers"];
  body: string;
}

let memory: Memory;
let lines: string[];
let app: App;
let port: number;

const start = async (loadTest = false) => {
  memory = new Memory();
  lines = [];
  app = createApp({ profiles: memory, log: jsonLog((line) => lines.push(line)), version: "1.2.3", loadTest });
  app.server.listen(0, "127.0.0.1");
  await once(app.server, "listening");
  ({ port } = app.server.address() as AddressInfo);
};

const ask = (
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body = "",
): Promise<Answer> =>
  new Promise((done, failed) => {
    const call = request({ host: "127.0.0.1", port, method, path, headers, agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => (text += part));
      answer.on("end", () => done({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
    });
    call.on("error", failed).end(body);
  });

const form = { "Content-Type": "application/x-www-form-urlencoded" };
const ada = new URLSearchParams({ name: "Ada", email: "ada@example.org", interests: "engines" }).toString();
const logged = async () => {
  await sleep(20); // a line is written when the connection has seen the end
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
};

beforeEach(() => start());
afterEach(() => app.close(0));

describe("the application", () => {
  it("saves a profile, says so once, and shows it", async () => {
    expect((await ask("GET", "/")).body).toContain("You have no profile yet");
    const saved = await ask("POST", "/profile", form, ada);
    expect([saved.status, saved.headers.location]).toEqual([303, "/"]);
    expect(memory.stored).toMatchObject({ name: "Ada", email: "ada@example.org", interests: ["engines"] });

    const cookie = String(saved.headers["set-cookie"]).split(";")[0] ?? "";
    const first = await ask("GET", "/", { Cookie: cookie });
    expect(first.body).toContain('role="status"');
    expect(String(first.headers["set-cookie"])).toContain("Max-Age=0");
    const reloaded = await ask("GET", "/");
    expect(reloaded.body).not.toContain('role="status"');
    expect(reloaded.body).toContain('value="Ada"');
  });

  it("gives back a form with what is wrong with it", async () => {
    const { status, body } = await ask("POST", "/profile", form, "name=Ada&email=nobody");
    expect(status).toBe(422);
    expect(body).toContain('value="nobody"');
    expect(memory.stored).toBeUndefined();
  });

  it.each([
    ["another site", { ...form, "Sec-Fetch-Site": "cross-site" }, ada, 403],
    ["another type", { "Content-Type": "application/json" }, "{}", 415],
    ["a form of 17 KiB", form, `name=${"a".repeat(17 * 1024)}`, 413],
  ])("refuses a form from or of %s", async (_title, headers, body, status) => {
    expect((await ask("POST", "/profile", headers, body)).status).toBe(status);
    expect(memory.stored).toBeUndefined();
  });

  it("knows its paths and their methods", async () => {
    expect((await ask("GET", "/nothing")).status).toBe(404);
    expect((await ask("GET", "//example.org/")).status).toBe(404);
    expect((await ask("GET", "/load?ms=1")).status).toBe(404);
    const refused = await ask("DELETE", "/profile");
    expect([refused.status, refused.headers.allow]).toEqual([405, "POST"]);
    expect((await ask("HEAD", "/")).body).toBe("");
  });

  it("tells its version with each answer", async () => {
    expect((await ask("GET", "/healthz")).headers["x-app-version"]).toBe("1.2.3");
  });

  it("lets no page load anything", async () => {
    expect((await ask("GET", "/")).headers["content-security-policy"]).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; img-src data:; form-action 'self'/,
    );
  });
});

describe("without its database", () => {
  beforeEach(() => void (memory.away = true));

  it("lives and isn't ready", async () => {
    expect((await ask("GET", "/healthz")).status).toBe(200);
    expect((await ask("GET", "/readyz")).status).toBe(503);
    memory.away = false;
    expect((await ask("GET", "/readyz")).status).toBe(200);
  });

  it("says so to the person, and keeps what was entered", async () => {
    const page = await ask("GET", "/");
    expect([page.status, page.headers["retry-after"]]).toEqual([503, "2"]);
    expect(page.body).not.toContain("ECONNREFUSED");
    const save = await ask("POST", "/profile", form, ada);
    expect(save.status).toBe(503);
    expect(save.body).toContain('value="ada@example.org"');
  });
});

describe("the log", () => {
  it("has a line for each request", async () => {
    await ask("GET", "/?secret=1", { "X-Request-Id": "abc-1" });
    expect(await logged()).toEqual([
      {
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
        level: "info",
        message: "request",
        requestId: "abc-1",
        method: "GET",
        path: "/",
        status: 200,
        ms: expect.any(Number) as number,
      },
    ]);
  });

  it("takes no id that could break it, and gives one itself", async () => {
    const { headers } = await ask("GET", "/", { "X-Request-Id": 'a"b' });
    expect(headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
    expect((await logged())[0]?.requestId).toBe(headers["x-request-id"]);
  });

  it("is silent about probes until they fail, and says why", async () => {
    await ask("GET", "/readyz");
    memory.away = true;
    const { headers } = await ask("GET", "/readyz");
    const [why, what] = await logged();
    expect(why).toMatchObject({ level: "error", message: "database: connect ECONNREFUSED" });
    expect(what).toMatchObject({ level: "error", path: "/readyz", status: 503 });
    expect(what?.requestId).toBe(headers["x-request-id"]);
    expect(why?.requestId).toBe(headers["x-request-id"]);
  });
});

describe("an application that is to end", () => {
  it("isn't ready, still answers, and asks to leave", async () => {
    app.drain();
    expect((await ask("GET", "/readyz")).body).toBe("stopping\n");
    const { status, headers } = await ask("GET", "/");
    expect([status, headers.connection]).toEqual([200, "close"]);
  });

  it("answers what is under way, and takes no more", async () => {
    await app.close(0);
    await start(true);
    const slow = ask("GET", "/load?ms=300");
    await sleep(100);
    const closed = app.close(5000);
    await expect(ask("GET", "/")).rejects.toThrow("ECONNREFUSED");
    expect((await slow).status).toBe(200);
    await closed;
  });

  it("cuts what takes too long", async () => {
    await app.close(0);
    await start(true);
    const slow = ask("GET", "/load?ms=2000").catch((error: Error) => error.message);
    await sleep(100);
    await app.close(100);
    expect(await slow).toMatch(/hang up|ECONNRESET/);
  });
});

describe("the load test", () => {
  beforeEach(async () => {
    await app.close(0);
    await start(true);
  });

  it("works as long as it is told to, and lets others through", async () => {
    const started = performance.now();
    const load = ask("GET", "/load?ms=400").then((answer) => ({ ...answer, ended: performance.now() }));
    await sleep(50);
    await ask("GET", "/healthz");
    const between = performance.now();
    const { body, ended } = await load;
    expect(body).toBe("400 ms of work\n");
    expect(between).toBeLessThan(ended);
    expect(ended - started).toBeGreaterThanOrEqual(399);
  });

  it("has a limit", async () => {
    for (const ms of ["-1", "10001", "much"]) expect((await ask("GET", `/load?ms=${ms}`)).status).toBe(400);
  });
});
