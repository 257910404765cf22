import { patterns, restored } from "./data-streams";
import { repositoryPath } from "./elasticsearch-yml";

// What Elasticsearch's API is given. Pure: each is the body of one request.

/** Who adds events, and can't read, change or delete any. */
export const writerRole = {
  cluster: ["monitor"], // shippers ask for the version and the licence
  indices: [{ names: patterns, privileges: ["create_doc", "auto_configure"] }],
};

/** Who reads events, and the pages on them. */
export const readerRole = {
  cluster: ["monitor"],
  indices: [{ names: [...patterns, restored], privileges: ["read", "view_index_metadata"] }],
  applications: [{ application: "kibana-.kibana", privileges: ["read"], resources: ["*"] }],
};

/** Who looks after what there is: retention, snapshots, their restore. */
export const keeperRole = {
  cluster: ["manage"],
  indices: [
    {
      // A restored copy is beside what it is of.
      names: [...patterns, ...patterns.map((pattern) => `.ds-${pattern}`), restored],
      privileges: ["manage", "read", "view_index_metadata"],
    },
  ],
};

const keyword = { type: "keyword", ignore_above: 1024 };
const named = (...fields: string[]) => ({
  properties: Object.fromEntries(fields.map((field) => [field, keyword])),
});

/** The fields that every event may have, by the names of ECS; others are found out as they come. */
export const mappings = {
  dynamic: true,
  date_detection: false, // one line that looks like a date would refuse all others
  dynamic_templates: [{ texts: { match_mapping_type: "string", mapping: keyword } }],
  properties: {
    "@timestamp": { type: "date" },
    message: { type: "text" },
    stack: keyword,
    stream: keyword,
    host: named("name", "id"),
    container: { properties: { id: keyword, name: keyword, image: named("name") } },
    service: named("name"),
    kubernetes: {
      properties: {
        namespace: keyword,
        pod: named("name", "uid"),
        node: named("name"),
        container: named("name"),
      },
    },
    log: {
      properties: { level: keyword, offset: { type: "long" }, file: { properties: { path: keyword } } },
    },
    // Of requests: who served what, and how long it took.
    http: {
      properties: {
        request: named("method", "id"),
        response: {
          properties: { status_code: { type: "long" }, body: { properties: { bytes: { type: "long" } } } },
        },
      },
    },
    url: named("path", "query", "domain"),
    event: { properties: { duration: { type: "long" }, dataset: keyword, kind: keyword } },
    data_stream: { properties: { type: keyword, dataset: keyword, namespace: keyword } },
  },
};

/** Copies of the data, on other nodes. */
export const replicasOn = (nodes: number): number => (nodes > 1 ? 1 : 0);

export const settings = (nodes: number) => ({
  index: {
    number_of_shards: 1,
    number_of_replicas: replicasOn(nodes),
    codec: "best_compression",
    refresh_interval: "5s",
    // One field of another type, or one too many, must not refuse the whole line.
    mapping: {
      ignore_malformed: true,
      total_fields: { limit: 2000, ignore_dynamic_beyond_limit: true },
    },
    // A node that is changed is back sooner.
    unassigned: { node_left: { delayed_timeout: "5m" } },
  },
});

/** The template of all data streams. `days` is told to Elasticsearch where it keeps to it by itself. */
export const indexTemplate = (days?: number) => ({
  index_patterns: patterns,
  priority: 500, // before Elastic's own template for logs-*-*
  data_stream: {},
  composed_of: ["farmstack-logs-settings", "farmstack-logs-mappings"],
  template: days === undefined ? {} : { lifecycle: lifecycle(days) },
});

export const lifecycle = (days: number) => ({ data_retention: `${days}d` });

export const repository = { type: "fs", settings: { location: repositoryPath } };

/** A policy of Elasticsearch's own snapshots, daily. `at` is HH:MM, UTC. */
export function snapshotPolicy(at: string, keep: number) {
  const [hour = 0, minute = 0] = at.split(":").map(Number);
  return {
    schedule: `0 ${minute} ${hour} * * ?`,
    name: "<logs-{now{yyyyMMdd't'HHmmss'z'}}>",
    repository: "farmstack",
    config: { indices: patterns, include_global_state: false },
    retention: { min_count: Math.min(keep, 2), max_count: keep },
  };
}
