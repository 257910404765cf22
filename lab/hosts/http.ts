import { request, type IncomingHttpHeaders } from "node:http";

/** Status and headers that a server answers to a HEAD request; undefined when there is no answer within 5 s. */
export function head(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: IncomingHttpHeaders } | undefined> {
  return new Promise((done) => {
    const call = request(url, { method: "HEAD", headers, agent: false, timeout: 5000 }, (answer) => {
      answer.resume();
      done({ status: answer.statusCode ?? 0, headers: answer.headers });
    });
    call.on("timeout", () => call.destroy());
    call.on("error", () => done(undefined)).on("close", () => done(undefined));
    call.end();
  });
}
