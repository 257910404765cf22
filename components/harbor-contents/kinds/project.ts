import { type Connection, demand, named } from "../client";
import { type Kind, type Settings } from "../kind";

/** A project: who may pull, how much it may have, what happens to vulnerable images, and what it is a cache of. */
export interface ProjectSettings {
  /** @default required */
  name: string;
  /** Whether anybody may pull. */
  public: boolean;
  /** Most that it may have, GiB; -1: no limit. */
  quotaGiB: number;
  /** Whether images are scanned when they are pushed. */
  scan: boolean;
  /** Vulnerabilities of this severity or worse keep an image from being pulled; `none`: nothing does. */
  blockFrom: "none" | "low" | "medium" | "high" | "critical";
  /** Name of the registry that it is a cache of; "" for none. */
  cacheOf: string;
}

const gibibyte = 2 ** 30;

const metadata = (settings: Settings) => ({
  public: String(settings.public),
  auto_scan: String(settings.scan),
  prevent_vul: String(settings.blockFrom !== "none"),
  ...(settings.blockFrom === "none" ? {} : { severity: settings.blockFrom }),
});

const limit = ({ quotaGiB }: Settings): number => (quotaGiB < 0 ? -1 : quotaGiB * gibibyte);

export const projectPath = (name: string): string => `/projects/${encodeURIComponent(name)}`;

export const project: Kind = {
  fixed: ["name", "cacheOf"],

  async create(connection, settings) {
    const upstream = settings.cacheOf && (await named(connection, "/registries", settings.cacheOf));
    if (settings.cacheOf && !upstream)
      throw new Error(
        `project ${settings.name}: Harbor has no registry ${settings.cacheOf} to be a cache of`,
      );
    const { status } = await demand(
      connection,
      {
        method: "POST",
        path: "/projects",
        body: {
          project_name: settings.name,
          metadata: metadata(settings),
          storage_limit: limit(settings),
          ...(upstream ? { registry_id: upstream.id } : {}),
        },
      },
      409,
    );
    const id = await projectId(connection, settings.name);
    if (status === 409) {
      const found = await project.read(connection, id, settings);
      if (!found || found.cacheOf !== settings.cacheOf)
        throw new Error(
          `project ${settings.name} is there already, and ${found?.cacheOf ? `a cache of ${found.cacheOf}` : "no cache"}: name another one, or delete that`,
        );
      await project.update(connection, id, settings, found);
    }
    return { id };
  },

  async read(connection, _id, known) {
    const { status, body } = await demand(
      connection,
      { method: "GET", path: projectPath(known.name), byName: true },
      404,
    );
    if (status === 404) return undefined;
    const told = body.metadata ?? {};
    const quota = await quotaOf(connection, body.project_id);
    const storage: number = quota?.hard?.storage ?? -1;
    const registry = body.registry_id
      ? (await demand(connection, { method: "GET", path: `/registries/${body.registry_id}` }, 404)).body
      : undefined;
    return {
      name: body.name,
      public: told.public === "true",
      quotaGiB: storage < 0 ? -1 : storage / gibibyte,
      scan: told.auto_scan === "true",
      blockFrom: told.prevent_vul === "true" ? (told.severity ?? "low") : "none",
      cacheOf: registry?.name ?? "",
    };
  },

  async update(connection, id, settings) {
    await demand(connection, {
      method: "PUT",
      path: projectPath(settings.name),
      byName: true,
      body: { metadata: metadata(settings) },
    });
    const quota = await quotaOf(connection, Number(id));
    if (quota && quota.hard?.storage !== limit(settings))
      await demand(connection, {
        method: "PUT",
        path: `/quotas/${quota.id}`,
        body: { hard: { storage: limit(settings) } },
      });
  },

  async remove(connection, _id, { name }) {
    const { status } = await demand(
      connection,
      { method: "DELETE", path: projectPath(name), byName: true },
      404,
      412,
    );
    if (status === 412)
      throw new Error(
        `project ${name} has images, and is not deleted. Delete them in Harbor first, or let it be: pulumi state delete`,
      );
  },
};

/** Number of a project. */
export async function projectId(connection: Connection, name: string): Promise<string> {
  const { body } = await demand(connection, { method: "GET", path: projectPath(name), byName: true });
  return String(body.project_id);
}

async function quotaOf(connection: Connection, id: number) {
  const { body } = await demand(connection, {
    method: "GET",
    path: `/quotas?reference=project&reference_id=${id}`,
  });
  return body?.[0];
}
