import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { work } from "./load";
import { type Log } from "./log";
import { contentSecurityPolicy, messagePage, profilePage } from "./page";
import { formFields, readForm, type Profiles } from "./profile";

export interface AppOptions {
  profiles: Profiles;
  log: Log;
  version: string;
  /** Whether `/load` is there. */
  loadTest: boolean;
}

export interface App {
  server: Server;
  /** From now on it isn't ready, and asks those who stay connected to leave. It still answers. */
  drain(): void;
  /** Takes no new connections, and ends when all requests are answered or so many milliseconds are over. */
  close(limit: number): Promise<void>;
}

/** An answer other than 200; the text is for the person in front of the page. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }
}

interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  requestId: string;
}

type Handler = (call: Call) => Promise<void> | void;

const largestForm = 16 * 1024;
const longestLoad = 10_000;
/** What a probe asks every few seconds is in the log only when the answer is bad. */
const probes = ["/healthz", "/readyz"];
const html = { "Content-Type": "text/html; charset=utf-8" };
const text = { "Content-Type": "text/plain; charset=utf-8" };

/** The application as an HTTP server that doesn't listen yet. */
export function createApp({ profiles, log, version, loadTest }: AppOptions): App {
  let draining = false;

  const routes: Record<string, Record<string, Handler>> = {
    "/": { GET: showProfile },
    "/profile": { POST: saveProfile },
    "/healthz": { GET: ({ response }) => send(response, 200, text, "ok\n") },
    "/readyz": { GET: tellReady },
    ...(loadTest ? { "/load": { GET: burn } } : {}),
  };

  async function showProfile({ request, response, requestId }: Call): Promise<void> {
    const profile = await fromDatabase(profiles.read(), requestId);
    const saved = /(^|;\s*)saved=1/.test(request.headers.cookie ?? "");
    // The message is for once: a reload shows the page without it.
    const headers = saved ? { ...html, "Set-Cookie": "saved=; Path=/; Max-Age=0" } : html;
    const done = saved ? "Your profile is saved." : undefined;
    send(response, 200, headers, profilePage({ fields: formFields(profile), profile, done, version }));
  }

  async function saveProfile({ request, response, requestId }: Call): Promise<void> {
    const site = request.headers["sec-fetch-site"];
    if (site !== undefined && site !== "same-origin" && site !== "none")
      throw new Refusal(403, "This form was sent from another site.");
    const { fields, faults, profile } = readForm(await readBody(request));
    if (Object.keys(faults).length > 0) {
      send(response, 422, html, profilePage({ fields, faults, version }));
      return;
    }
    try {
      await fromDatabase(profiles.save(profile), requestId);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // What was entered isn't lost.
      const wrong = "Nothing was saved: the database can't be reached right now. Try again in a moment.";
      send(response, error.status, { ...html, ...error.headers }, profilePage({ fields, wrong, version }));
      return;
    }
    const cookie = "saved=1; Path=/; Max-Age=30; HttpOnly; SameSite=Lax";
    send(response, 303, { ...text, Location: "/", "Set-Cookie": cookie }, "saved\n");
  }

  async function tellReady({ response, requestId }: Call): Promise<void> {
    if (draining) return send(response, 503, text, "stopping\n");
    await fromDatabase(profiles.ping(), requestId);
    send(response, 200, text, "ready\n");
  }

  async function burn({ url, response }: Call): Promise<void> {
    const ms = Number(url.searchParams.get("ms") ?? 100);
    if (!(ms >= 0 && ms <= longestLoad))
      throw new Refusal(400, `ms is to be a number from 0 to ${longestLoad}.`);
    await work(ms);
    send(response, 200, text, `${ms} ms of work\n`);
  }

  /** Reports why the database didn't answer; the person reads only that it didn't. */
  async function fromDatabase<T>(answer: Promise<T>, requestId: string): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      log("error", `database: ${(error as Error).message}`, { requestId });
      throw new Refusal(503, "The profile can't be reached right now. Try again in a moment.", {
        "Retry-After": "2",
      });
    }
  }

  async function answer(call: Call): Promise<void> {
    const methods = routes[call.url.pathname];
    if (!methods) throw new Refusal(404, "There is no such page.");
    const method = call.request.method === "HEAD" ? "GET" : (call.request.method ?? "");
    const handler = methods[method];
    if (!handler)
      throw new Refusal(405, "That can't be done here.", { Allow: Object.keys(methods).join(", ") });
    await handler(call);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = performance.now();
    const requestId = givenId(request) ?? randomUUID();
    const url = new URL(`http://app${pathOf(request)}`);
    response.on("close", () => {
      const status = response.writableFinished ? response.statusCode : 499; // it was cut before it was answered
      if (probes.includes(url.pathname) && status === 200) return;
      const ms = Math.round((performance.now() - started) * 10) / 10;
      const fields = { requestId, method: request.method, path: url.pathname, status, ms };
      log(status >= 500 ? "error" : "info", "request", fields);
    });
    response.setHeader("X-Request-Id", requestId);
    response.setHeader("X-App-Version", version);
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("Content-Security-Policy", contentSecurityPolicy);
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    if (draining) response.setHeader("Connection", "close");
    try {
      await answer({ request, response, url, requestId });
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal(500, "Something went wrong.");
      if (refusal !== error) log("error", String(error), { requestId });
      const page = probes.includes(url.pathname)
        ? { headers: text, body: `${refusal.message}\n` }
        : { headers: html, body: messagePage(refusal.message, version) };
      send(response, refusal.status, { ...page.headers, ...refusal.headers }, page.body);
    }
  }

  const server = createServer((request, response) => void handle(request, response));
  server.keepAliveTimeout = 75_000; // longer than proxies keep idle connections: they end them, not this side
  return {
    server,
    drain: () => void (draining = true),
    close: (limit) =>
      new Promise((done) => {
        const cut = setTimeout(() => server.closeAllConnections(), limit);
        server.close(() => {
          clearTimeout(cut);
          done();
        });
        server.closeIdleConnections();
      }),
  };
}

function send(response: ServerResponse, status: number, headers: Record<string, string>, body: string): void {
  response.writeHead(status, { ...headers, "Content-Length": String(Buffer.byteLength(body)) }).end(body);
}

/** The id that a proxy before this application gave, when it is one. */
function givenId(request: IncomingMessage): string | undefined {
  const given = request.headers["x-request-id"];
  return typeof given === "string" && /^[\w.-]{1,64}$/.test(given) ? given : undefined;
}

/** The path and the query; whatever else a request may ask for is no page. */
function pathOf({ url = "" }: IncomingMessage): string {
  return /^\/(?!\/)/.test(url) ? url : "/-";
}

async function readBody(request: IncomingMessage): Promise<URLSearchParams> {
  const type = request.headers["content-type"] ?? "";
  if (!/^application\/x-www-form-urlencoded\b/.test(type)) throw new Refusal(415, "That is no form.");
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > largestForm) throw new Refusal(413, "That is too long.", { Connection: "close" });
    parts.push(part);
  }
  return new URLSearchParams(Buffer.concat(parts).toString("utf8"));
}
