import { get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { assertLabRoute } from "../../lab/hosts";

/** Status of the answer to a request over a connection of its own; 0: there was none. */
export function statusOf(url: string): Promise<number> {
  return new Promise((done) => {
    const request = get(url, { agent: false, timeout: 10_000 }, (response) => {
      response.on("end", () => done(response.statusCode ?? 0)).on("error", () => done(0));
      response.resume();
    });
    request.on("timeout", () => request.destroy()).on("error", () => done(0));
  });
}

export interface Clients {
  /** What was asked so far, and what was not answered by 200. */
  requests: number;
  failures: string[];
  /** No more requests; ends when the last is answered. */
  stop(): Promise<void>;
}

/**
 * Clients that ask pages of the lab, each its own, again and again.
 * @param pause milliseconds from an answer to the next request
 */
export async function startClients(urls: string[], pause: number): Promise<Clients> {
  for (const url of urls) await assertLabRoute(new URL(url).hostname);
  let over = false;
  const clients = urls.map(async (url) => {
    while (!over) {
      const status = await statusOf(url);
      state.requests++;
      if (status !== 200) state.failures.push(`${new Date().toISOString()} ${url} ${status || "no answer"}`);
      await sleep(pause);
    }
  });
  const state: Clients = {
    requests: 0,
    failures: [],
    stop: async () => {
      over = true;
      await Promise.all(clients);
    },
  };
  return state;
}
