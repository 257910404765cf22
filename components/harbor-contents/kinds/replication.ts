import { type Connection, demand, named } from "../client";
import { type Kind, type Settings } from "../kind";

/** Images that are copied from or to another registry. */
export interface ReplicationSettings {
  name: string;
  /** `pull`: from the other registry. */
  direction: "pull" | "push";
  /** Name of the other registry. */
  registry: string;
  /** Patterns of repositories and tags, such as `library/**`. */
  repositories: string;
  tags: string;
  /** Project, or path, in which they end; "" for where they were. */
  into: string;
  /** Six fields as cron has them, with seconds in front; `event`: when images change (push alone); "" for by hand. */
  schedule: string;
  /** Whether tags that are there are overwritten. */
  override: boolean;
}

async function body(connection: Connection, settings: Settings) {
  const other = await named(connection, "/registries", settings.registry);
  if (!other) throw new Error(`replication ${settings.name}: Harbor has no registry ${settings.registry}`);
  const { schedule } = settings;
  return {
    name: settings.name,
    [settings.direction === "pull" ? "src_registry" : "dest_registry"]: { id: other.id },
    dest_namespace: settings.into,
    dest_namespace_replace_count: -1,
    filters: [
      { type: "name", value: settings.repositories },
      { type: "tag", value: settings.tags, decoration: "matches" },
    ],
    trigger:
      schedule === ""
        ? { type: "manual" }
        : schedule === "event"
          ? { type: "event_based" }
          : { type: "scheduled", trigger_settings: { cron: schedule } },
    enabled: true,
    override: settings.override,
    replicate_deletion: false,
    speed: -1,
    copy_by_chunk: false,
    single_active_replication: true,
  };
}

export const replication: Kind = {
  fixed: ["direction"],

  async create(connection, settings) {
    const { status, madeId } = await demand(
      connection,
      { method: "POST", path: "/replication/policies", body: await body(connection, settings) },
      409,
    );
    if (status !== 409 && madeId) return { id: madeId };
    const found = await named(connection, "/replication/policies", settings.name);
    await replication.update(connection, String(found.id), settings, settings);
    return { id: String(found.id) };
  },

  async read(connection, id, known) {
    const { status, body: told } = await demand(
      connection,
      { method: "GET", path: `/replication/policies/${id}` },
      404,
    );
    if (status === 404) return undefined;
    const filter = (type: string): string =>
      (told.filters ?? []).find((one: { type: string }) => one.type === type)?.value ?? "";
    const pulls = Boolean(told.src_registry?.id);
    const { type, trigger_settings } = told.trigger ?? {};
    return {
      ...known,
      name: told.name,
      direction: pulls ? "pull" : "push",
      registry: (pulls ? told.src_registry : told.dest_registry)?.name ?? "",
      repositories: filter("name"),
      tags: filter("tag"),
      into: told.dest_namespace ?? "",
      schedule: !told.enabled
        ? "off"
        : type === "scheduled"
          ? (trigger_settings?.cron ?? "")
          : type === "event_based"
            ? "event"
            : "",
      override: told.override ?? false,
    };
  },

  async update(connection, id, settings) {
    await demand(connection, {
      method: "PUT",
      path: `/replication/policies/${id}`,
      body: { id: Number(id), ...(await body(connection, settings)) },
    });
  },

  async remove(connection, id) {
    await demand(connection, { method: "DELETE", path: `/replication/policies/${id}` }, 404);
  },
};
