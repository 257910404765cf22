/** Who logs in to Elasticsearch. */
export const users = ["elastic", "kibana_system", "writer", "reader", "keeper"] as const;
/** One of them. */
export type User = (typeof users)[number];
