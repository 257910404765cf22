import { demand, named } from "../client";
import { type Kind, type Settings } from "../kind";

/** Another registry, to be cached or replicated with. */
export interface RegistrySettings {
  name: string;
  /** `docker-hub`, `docker-registry`, `github-ghcr`, `harbor`, …; quay.io is a `docker-registry` here. */
  type: string;
  url: string;
  /** "" for none. */
  user: string;
  /** A secret. */
  password: string;
  /** Whether its certificate is not looked at. */
  insecure: boolean;
}

const body = ({ name, type, url, user, password, insecure }: Settings) => ({
  name,
  type,
  url,
  insecure,
  ...(user ? { credential: { type: "basic", access_key: user, access_secret: password } } : {}),
});

export const registry: Kind = {
  fixed: ["type"],

  async create(connection, settings) {
    const { status, madeId } = await demand(
      connection,
      { method: "POST", path: "/registries", body: body(settings) },
      409,
    );
    if (status !== 409 && madeId) return { id: madeId };
    const found = await named(connection, "/registries", settings.name);
    if (found?.type !== settings.type)
      throw new Error(
        `registry ${settings.name} is there already, of type ${found?.type ?? "unknown"}: name another one, or delete that`,
      );
    await registry.update(connection, String(found.id), settings, settings);
    return { id: String(found.id) };
  },

  async read(connection, id, known) {
    const { status, body: told } = await demand(
      connection,
      { method: "GET", path: `/registries/${id}` },
      404,
    );
    if (status === 404) return undefined;
    const user = told.credential?.access_key ?? "";
    return {
      name: told.name,
      type: told.type,
      url: told.url,
      user,
      password: user === known.user ? known.password : "", // it is told masked
      insecure: told.insecure ?? false,
    };
  },

  async update(connection, id, { name, url, user, password, insecure }) {
    await demand(connection, {
      method: "PUT",
      path: `/registries/${id}`,
      body: {
        name,
        url,
        insecure,
        credential_type: user ? "basic" : "",
        access_key: user,
        access_secret: password,
      },
    });
  },

  async remove(connection, id, { name }) {
    const { status } = await demand(connection, { method: "DELETE", path: `/registries/${id}` }, 404, 412);
    if (status === 412)
      throw new Error(
        `registry ${name} is in use by a project or a replication: delete that in Harbor first`,
      );
  },
};
