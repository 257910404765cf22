// Everything here and in kinds/ is taken by Pulumi as text and run in a process of its own (see provider.ts): functions and
// plain values only, and modules of Node by `process.getBuiltinModule`.

/** What Harbor answers, whatever it is. */
export type Json = any; // eslint-disable-line @typescript-eslint/no-explicit-any

/** How the API is reached, with all values known. */
export interface Connection {
  /** Without a slash at the end. */
  url: string;
  /** Address to connect to. @default the name in the URL */
  address?: string;
  /** PEM. @default the authorities that Node knows */
  ca?: string;
  username: string;
  /** A secret; it is in no message. */
  password: string;
}

export interface Question {
  method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below /api/v2.0, with what stands behind a question mark. */
  path: string;
  body?: unknown;
  /** Whether a project stands in the path by its name: one of digits alone would be taken for a number. */
  byName?: boolean;
}

export interface Answer {
  status: number;
  /** JSON as a value; undefined: none. */
  body: Json;
  /** Last part of the header `Location`: the number of what was made. */
  madeId?: string;
}

/** Asks Harbor once. Any status is an answer; throws when there is none within 30 seconds. */
export function ask(connection: Connection, { method, path, body, byName }: Question): Promise<Answer> {
  const url = new URL(`${connection.url}/api/v2.0${path}`);
  const { request } = process.getBuiltinModule(url.protocol === "http:" ? "node:http" : "node:https");
  const text = body === undefined ? undefined : JSON.stringify(body);
  const options = {
    method,
    host: connection.address ?? url.hostname,
    port: url.port || undefined,
    path: url.pathname + url.search,
    servername: url.hostname, // the certificate is of the name, whatever the address
    ca: connection.ca,
    auth: `${connection.username}:${connection.password}`,
    timeout: 30_000,
    headers: {
      Host: url.host,
      Accept: "application/json",
      ...(byName ? { "X-Is-Resource-Name": "true" } : {}),
      ...(text === undefined
        ? {}
        : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) }),
    },
  };
  return new Promise((done, failed) => {
    const asked = request(options, (response) => {
      let answer = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (answer += chunk));
      response.on("error", failed);
      response.on("end", () => {
        const { location } = response.headers;
        done({
          status: response.statusCode ?? 0,
          body: parsed(answer),
          madeId: location?.split("/").pop(),
        });
      });
    });
    asked.on("timeout", () => asked.destroy(new Error("no answer within 30 s")));
    asked.on("error", (error: Error) =>
      failed(
        new Error(`Harbor at ${url.origin} can't be asked: ${error.message}. Try: npm run harbor -- status`),
      ),
    );
    asked.end(text);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** As `ask`, and throws what Harbor says is wrong unless the status is below 300 or one of those. */
export async function demand(
  connection: Connection,
  question: Question,
  ...allowed: number[]
): Promise<Answer> {
  const answer = await ask(connection, question);
  if (answer.status < 300 || allowed.includes(answer.status)) return answer;
  throw refusal(connection, question, answer);
}

/** What Harbor says is wrong. */
export function refusal(connection: Connection, { method, path }: Question, { status, body }: Answer): Error {
  const said = (body?.errors ?? []).map(({ message }: { message?: string }) => message).join("; ");
  const hint =
    status === 401
      ? ". Is the password of admin another than the stack's? Run: pulumi up, or npm run harbor -- status"
      : "";
  return new Error(`Harbor at ${connection.url}: ${method} ${path} → ${status} ${said}${hint}`.trim());
}

/** All elements of a list, page by page. */
export async function list(connection: Connection, path: string): Promise<Json[]> {
  const size = 100;
  const found = [];
  for (let page = 1; ; page++) {
    const { body } = await demand(connection, {
      method: "GET",
      path: `${path}${path.includes("?") ? "&" : "?"}page=${page}&page_size=${size}`,
    });
    found.push(...(body ?? []));
    if ((body ?? []).length < size) return found;
  }
}

/** The element of a list with a name; the filter of the API also finds names that only contain it. */
export async function named(connection: Connection, path: string, name: string) {
  return (await list(connection, path)).find((one) => one.name === name);
}
