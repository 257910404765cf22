import { type IncomingHttpHeaders, type IncomingMessage, type ClientRequest } from "node:http";
import * as https from "node:https";
import { type Access } from "./registry-access";

/** A request to a registry, by TLS and with its login. Whoever calls it sends and ends it. */
export function requestTo(
  { ca, username, password }: Access,
  method: string,
  url: string,
  headers: Record<string, string | number>,
  answer: (message: IncomingMessage) => void,
): ClientRequest {
  const auth = `${username}:${password}`;
  return https.request(url, { method, headers, ca, auth, agent: false, timeout: 5000 }, answer);
}

/** Status and headers that a registry answers to a HEAD request; undefined when there is no answer within 5 s. */
export function head(
  access: Access,
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: IncomingHttpHeaders } | undefined> {
  return new Promise((done) => {
    const call = requestTo(access, "HEAD", url, headers, (answer) => {
      answer.resume();
      done({ status: answer.statusCode ?? 0, headers: answer.headers });
    });
    call.on("timeout", () => call.destroy());
    call.on("error", () => done(undefined)).on("close", () => done(undefined));
    call.end();
  });
}
