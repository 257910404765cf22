import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { type KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { ApiError, Unreachable } from "./cluster";

export interface ApiRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With its query. */
  path: string;
  body?: unknown;
  /** @default application/json */
  contentType?: string;
}

/** Milliseconds for an answer; the longest that the API server itself gives a request. */
const patience = 60_000;
const connectPatience = 10_000;

/** The API server of a kubeconfig. Bodies go and come as they are: no model of the client library is put over them. */
export class ApiServer {
  readonly address: string;
  private readonly agent: http.Agent;

  constructor(private readonly kubeConfig: KubeConfig) {
    this.address = kubeConfig.getCurrentCluster()?.server.replace(/\/$/, "") ?? "";
    const { Agent } = this.address.startsWith("https:") ? https : http;
    this.agent = new Agent({ keepAlive: true, maxSockets: 8 });
  }

  /**
   * The answer to a request. Throws ApiError when it is a refusal, Unreachable when there is none. A read, or a
   * request that the API server did not begin with, is tried again.
   */
  async request<T>(request: ApiRequest): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.once<T>(request);
      } catch (error) {
        const again =
          error instanceof ApiError
            ? error.status === 429 || (request.method === "GET" && error.status >= 500)
            : error instanceof Unreachable && request.method === "GET";
        if (!again || attempt === 3) throw error;
        await sleep(300 * attempt);
      }
    }
  }

  private async once<T>({ method, path, body, contentType }: ApiRequest): Promise<T> {
    const response = await this.send(method, path, body, contentType ?? "application/json").catch((error) => {
      throw new Unreachable(this.address, error);
    });
    if (response.status < 300) return JSON.parse(response.body) as T;
    const { reason = "", message = response.body.slice(0, 500) } = parsed(response.body);
    throw new ApiError(this.address, response.status, reason, message || `HTTP status ${response.status}`);
  }

  private async send(method: string, path: string, content: unknown, contentType: string) {
    const body = content === undefined ? "" : JSON.stringify(content);
    const ofBody = { "Content-Type": contentType, "Content-Length": Buffer.byteLength(body) };
    const options: https.RequestOptions = {
      method,
      headers: { Accept: "application/json", ...(body && ofBody) },
      timeout: connectPatience, // while nothing is connected; set again below
    };
    await this.kubeConfig.applyToHTTPSOptions(options); // certificates and tokens; a new token when one has expired
    if (!this.kubeConfig.getCurrentCluster()?.proxyUrl) options.agent = this.agent;
    const { request } = this.address.startsWith("https:") ? https : http;
    const call = request(this.address + path, options);
    call.on("timeout", () => call.destroy(new Error("no answer in time")));
    call.on("socket", (socket) => {
      const connected = () => call.setTimeout(patience);
      if (socket.connecting) socket.once("connect", connected);
      else connected();
    });
    call.end(body);
    const [response] = (await once(call, "response")) as [http.IncomingMessage];
    return { status: response.statusCode ?? 0, body: await text(response) };
  }
}

function parsed(body: string): { reason?: string; message?: string } {
  try {
    return JSON.parse(body) as { reason?: string; message?: string };
  } catch {
    return {};
  }
}
