import { request } from "node:https";
import { assertLabRoute } from "../../lab/hosts";
import { type RunResult } from "../../lab/run";
import { command, on, pulumi, waitFor } from "./lab";

export const hosts = ["host1", "host2", "host3"];

/** A line as the store has it. */
export interface StoredLine {
  "@timestamp": string;
  message?: string;
  stack?: string;
  host?: { name: string };
  container?: { id: string; name: string };
  service?: { name: string };
  kubernetes?: { namespace: string; pod: { name: string }; container: { name: string } };
}

/** The store as a reader gets to it: by the API that Kibana uses, too. */
export interface LogStore {
  url: string;
  ca: string;
  user: string;
  password: string;
}

/** The dev stack's store, from its outputs. */
export async function logStore(): Promise<LogStore> {
  const { stdout } = await pulumi("stack", "output", "--stack", "dev", "--json", "--show-secrets");
  const { loggingStoreUrls, loggingCa, loggingReader } = JSON.parse(stdout) as {
    loggingStoreUrls: string[];
    loggingCa: string;
    loggingReader: { user: string; password: string };
  };
  const [url] = loggingStoreUrls;
  if (!url) throw new Error("the stack has no log store");
  return { url, ca: loggingCa, ...loggingReader };
}

/** `npm run logging -- …` on the lab's stack, or another file of it; any exit code is an answer. */
export const loggingCommand = (args: string[], stackFile?: string): Promise<RunResult> =>
  command("logging", args, stackFile);

/** A password that the state has. */
export interface KeptPassword {
  /** Such as `logging-reader-password-0`. */
  name: string;
  urn: string;
  password: string;
}

/** All passwords that are for logs, of every generation. */
export async function keptPasswords(): Promise<KeptPassword[]> {
  const { stdout } = await pulumi("stack", "export", "--stack", "dev", "--show-secrets");
  const { deployment } = JSON.parse(stdout) as {
    deployment: { resources: { type: string; urn: string; outputs?: { result?: unknown } }[] };
  };
  return deployment.resources
    .filter(({ type, urn }) => type === "random:index/randomPassword:RandomPassword" && /log/i.test(urn))
    .map(({ urn, outputs }) => ({
      name: urn.split("::").at(-1) ?? "",
      urn,
      password: plain(outputs?.result),
    }));
}

/** A secret of an export: its value is JSON in `plaintext`. */
function plain(value: unknown): string {
  if (typeof value === "string") return value;
  const { plaintext } = (value ?? {}) as { plaintext?: string };
  if (plaintext === undefined) throw new Error("a password of the state that can't be read");
  return JSON.parse(plaintext) as string;
}

/** What the store answers. `login` is `user:password`; empty: nobody's. */
export async function askStore(
  { url, ca, user, password }: LogStore,
  path: string,
  body?: object,
  login = `${user}:${password}`,
  method = body ? "POST" : "GET",
): Promise<{ status: number; text: string }> {
  const target = new URL(path, url);
  await assertLabRoute(target.hostname);
  return new Promise((done, failed) => {
    const asking = request(
      target,
      {
        method,
        ca,
        timeout: 30_000,
        headers: { "content-type": "application/json" },
        ...(login ? { auth: login } : {}),
      },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (part: string) => (text += part));
        answer.on("end", () => done({ status: answer.statusCode ?? 0, text }));
        answer.on("error", failed);
      },
    );
    asking.on("timeout", () => asking.destroy(new Error("no answer within 30 s")));
    asking.on("error", failed);
    asking.end(body && JSON.stringify(body));
  });
}

/** All lines of a host with a word in them, the oldest first; at most 10,000, and an error if there are more. */
export async function linesWith(store: LogStore, word: string, host?: string): Promise<StoredLine[]> {
  const { status, text } = await askStore(store, "/logs-*/_search", {
    size: 10_000,
    track_total_hits: true,
    sort: ["@timestamp"],
    query: {
      bool: {
        must: [{ match: { message: word } }],
        filter: host ? [{ term: { "host.name": host } }] : [],
      },
    },
  });
  if (status !== 200) throw new Error(`the store answered ${status}: ${text.slice(0, 500)}`);
  const { hits } = JSON.parse(text) as {
    hits: { total: { value: number }; hits: { _source: StoredLine }[] };
  };
  if (hits.total.value > hits.hits.length)
    throw new Error(`${hits.total.value} lines have ${word} in them, too many for one answer`);
  return hits.hits.map(({ _source }) => _source);
}

/** A word that no line had before. One word for the store as well: letters and digits alone. */
export const freshWord = (): string =>
  `needle${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;

/** Seconds until the store has as many lines with the word. */
export const untilFound = (
  store: LogStore,
  word: string,
  count: number,
  limit: number,
  host?: string,
): Promise<number> => waitFor(async () => (await linesWith(store, word, host)).length >= count, limit);

export const printerName = "test-printer";

/**
 * Starts a container that runs a script of the shell, and gives how many milliseconds that took. It has Ceph's image,
 * which is on each host, and the label by which a service is known.
 */
export async function startPrinter(host: string, script: string): Promise<number> {
  await stopPrinter(host);
  const image = `$(docker inspect -f '{{.Image}}' ceph-mon-${host})`;
  const started = Date.now();
  await on(
    host,
    `docker run -d --name ${printerName} --restart unless-stopped --label farmstack.component=printer --entrypoint sh ${image} -c '${script}'`,
  );
  return Date.now() - started;
}

export const stopPrinter = (host: string): Promise<string> => on(host, `docker rm -f ${printerName} 2>&1`);

/** The shipper of a host, and where it keeps what the store has not taken. */
export const shipperOf = (host: string): string => `log-shipper-${host}`;
export const shipperData = "/var/lib/farmstack/log-shipper";

/** Bytes that a host's shipper holds. */
export const heldBytes = async (host: string): Promise<number> =>
  Number((await on(host, `du -sb ${shipperData}/diskqueue`)).split("\t")[0]);

/** What runs the store: host and container of each of its servers. */
export async function storeContainers(): Promise<{ host: string; container: string }[]> {
  const found = await Promise.all(
    hosts.map(async (host) => {
      const names = await on(
        host,
        "docker ps --all --filter label=farmstack.component --filter name=elasticsearch --format '{{.Names}}'",
      );
      return names
        .split("\n")
        .filter(Boolean)
        .map((container) => ({ host, container }));
    }),
  );
  return found.flat();
}
