import { Refusal } from "../outcome";
import { type Stack } from "../stack";
import { table } from "../table";
import { patterns, restored } from "../../components/logging/data-streams";
import { askKeeper } from "./keeper";

export interface SearchOptions {
  /** Words that the line has to have, all of them. */
  text?: string;
  service?: string;
  host?: string;
  container?: string;
  pod?: string;
  namespace?: string;
  /** Whether to look into what was restored from snapshots, and not into what there is. */
  restored?: boolean;
  /** How far back: a number with s, m, h or d. */
  since: string;
  /** How many lines at most, the newest. */
  limit: number;
}

export interface FoundLine {
  time: string;
  host?: string;
  service?: string;
  /** Container on a host, or pod with its namespace. */
  from?: string;
  message: string;
}

export interface SearchResult {
  stack: string;
  /** How many there are in all, as far as was counted. */
  total: number;
  /** Oldest first. */
  lines: FoundLine[];
}

/** Asks the store through the API that its pages use. Throws a Refusal for options that mean nothing. */
export async function search(stack: Stack, options: SearchOptions): Promise<SearchResult> {
  const path = `/${options.restored ? restored : patterns.join(",")}/_search?ignore_unavailable=true&allow_no_indices=true`;
  const answer = await askKeeper(stack, ["ask", "POST", path], {
    input: JSON.stringify(searchBody(options)),
  });
  return { stack: stack.name, ...foundIn(answer) };
}

/** The body of the question. Pure. */
export function searchBody({ since, limit, text, ...filters }: SearchOptions): object {
  if (!/^[1-9]\d*[smhd]$/.test(since))
    throw new Refusal(`${since} is no time such as 15m: a number with s, m, h or d`);
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000)
    throw new Refusal("the limit is a number from 1 to 10000");
  const fields = {
    service: "service.name",
    host: "host.name",
    container: "container.name",
    pod: "kubernetes.pod.name",
    namespace: "kubernetes.namespace",
  };
  const terms = Object.entries(fields).flatMap(([option, field]) => {
    const value = filters[option as keyof typeof fields];
    return value === undefined ? [] : [{ term: { [field]: value } }];
  });
  return {
    size: limit,
    track_total_hits: true,
    sort: [{ "@timestamp": "desc" }],
    query: {
      bool: {
        filter: [{ range: { "@timestamp": { gte: `now-${since}` } } }, ...terms],
        ...(text === undefined ? {} : { must: [{ match: { message: { query: text, operator: "and" } } }] }),
      },
    },
  };
}

interface Hit {
  _source: {
    "@timestamp": string;
    message?: string;
    host?: { name?: string };
    service?: { name?: string };
    container?: { name?: string };
    kubernetes?: { namespace?: string; pod?: { name?: string } };
  };
}

/** Lines in an answer of the store. Pure. */
export function foundIn(answer: string): Pick<SearchResult, "total" | "lines"> {
  const { hits } = JSON.parse(answer) as { hits: { total: { value: number }; hits: Hit[] } };
  const lines = hits.hits.map(({ _source: source }): FoundLine => {
    const { host, service, container, kubernetes, message = "" } = source;
    const pod = kubernetes?.pod?.name;
    return {
      time: source["@timestamp"],
      host: host?.name,
      service: service?.name,
      from: pod ? `${kubernetes?.namespace ?? "?"}/${pod}` : container?.name,
      message,
    };
  });
  return { total: hits.total.value, lines: lines.reverse() };
}

export const renderSearch = ({ total, lines }: SearchResult): string =>
  total === 0
    ? "no line"
    : [
        table(
          lines.map(({ time, host = "-", service = "-", from = "-", message }) => [
            time,
            host,
            service,
            from,
            message.trimEnd(),
          ]),
        ),
        ...(total > lines.length ? [`the newest ${lines.length} of ${total}`] : []),
      ].join("\n");
