import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assignments } from "../hosts/shell";
import {
  indexTemplate,
  keeperRole,
  lifecycle,
  mappings,
  readerRole,
  replicasOn,
  repository,
  settings,
  snapshotPolicy,
  writerRole,
} from "./bodies";
import { patterns } from "./data-streams";
import { askingAsElastic } from "./gates";
import { type User } from "./users";

/** How long events stay: until either is passed. */
export interface RetentionArgs {
  /** Days. */
  days: number;
  /** Size of all events together, GiB, copies included. */
  maxGiB: number;
}

/** Where copies of the events go. */
export interface RepositoryArgs {
  /** Directory on the hosts; with several hosts one that all of them share, such as on a CephFS mount. */
  path: string;
  /** Time of day, HH:MM in UTC. @default "01:30" */
  at?: string;
  /** How many are kept. @default 14 */
  keep?: number;
}

export interface SetupArgs {
  hostName: string;
  url: string;
  ca: string;
  /** Newest first. */
  passwords: Record<User, string[]>;
  nodes: number;
  retention: RetentionArgs;
  repository?: RepositoryArgs;
  patience: number;
}

const body = readFileSync(join(__dirname, "setup.sh"), "utf8");

/** Users of writers have the number of their generation: the one before goes on while shippers move. */
export const writerName = (generation: number): string => `farmstack_writer_${generation}`;

/** Script that makes users, templates, retention and snapshots in Elasticsearch. */
export function setupScript(args: SetupArgs): string {
  const { passwords, nodes, retention } = args;
  const { path, at = "01:30", keep = 14 } = args.repository ?? {};
  const generation = passwords.writer.length - 1;
  const user = (name: User, role: string) => ({
    password: passwords[name][0],
    roles: [role],
    full_name: `farmstack ${name}`,
  });
  const texts = {
    elastic_password: passwords.elastic[0] ?? "",
    elastic_body: json({ password: passwords.elastic[0] }),
    kibana_body: json({ password: passwords.kibana_system[0] }),
    writer_role: json(writerRole),
    reader_role: json(readerRole),
    keeper_role: json(keeperRole),
    writer_user: writerName(generation),
    writer_body: json(user("writer", "farmstack_writer")),
    reader_body: json(user("reader", "farmstack_reader")),
    keeper_body: json(user("keeper", "farmstack_keeper")),
    retired_writers: Array.from({ length: Math.max(0, generation - 1) }, (_, old) => writerName(old)).join(
      " ",
    ),
    settings_body: json({ template: { settings: settings(nodes) } }),
    mappings_body: json({ template: { mappings } }),
    template: json(indexTemplate()),
    template_with_lifecycle: json(indexTemplate(retention.days)),
    lifecycle_body: json(lifecycle(retention.days)),
    streams: patterns.join(","),
    replicas_body: json({ index: { number_of_replicas: replicasOn(nodes) } }),
    repository_body: path === undefined ? "" : json(repository),
    policy_body: path === undefined ? "" : json(snapshotPolicy(at, keep)),
  };
  const login = askingAsElastic({ ...args, passwords: passwords.elastic });
  return `${assignments(texts)}\n${login}\n${body}`;
}

const json = (value: unknown): string => JSON.stringify(value);
