import { demand, list } from "../client";
import { type Kind, type Settings } from "../kind";

/** An account for programs. */
export interface RobotSettings {
  /** Without what Harbor puts in front of it. */
  name: string;
  /** Names of projects; `*` for all. */
  projects: string[];
  /** `push` may pull too. */
  access: "pull" | "push";
  /** Days until it ends; -1: never. */
  days: number;
  /** Another number is another secret. */
  rotation: number;
  /** By which the stack knows its own. */
  description: string;
}

const body = ({ name, projects, access, days, description }: Settings) => ({
  name,
  description,
  level: "system",
  disable: false,
  duration: days,
  permissions: (projects as string[]).map((namespace) => ({
    kind: "project",
    namespace,
    access: (access === "push" ? ["pull", "push"] : ["pull"]).map((action) => ({
      resource: "repository",
      action,
    })),
  })),
});

interface Permission {
  namespace: string;
  access?: { resource: string; action: string }[];
}

export const robot: Kind = {
  fixed: ["name"],

  /** Harbor says the secret now and never again. */
  async create(connection, settings) {
    const { status, body: made } = await demand(
      connection,
      { method: "POST", path: "/robots", body: body(settings) },
      409,
    );
    if (status !== 409)
      return { id: String(made.id), extra: { login: made.name as string, secret: made.secret as string } };
    // A run that was cut made it, and did not live to write down its secret; anybody else's is left alone.
    const found = (await list(connection, "/robots")).find(
      ({ name }: { name: string }) => name.endsWith(`$${settings.name}`) || name === settings.name,
    );
    if (found?.description !== settings.description)
      throw new Error(
        `robot ${settings.name} is there already, and not of this stack: name another one, or delete that in Harbor`,
      );
    const id = String(found.id);
    await robot.update(connection, id, settings, settings);
    return { id, extra: { login: found.name as string, ...(await newSecret(id)) } };

    async function newSecret(ofRobot: string) {
      const answer = await demand(connection, {
        method: "PATCH",
        path: `/robots/${ofRobot}`,
        body: { secret: "" },
      });
      return { secret: answer.body.secret as string };
    }
  },

  async read(connection, id, known) {
    const { status, body: told } = await demand(connection, { method: "GET", path: `/robots/${id}` }, 404);
    if (status === 404) return undefined;
    const permissions: Permission[] = told.permissions ?? [];
    const may = (action: string) =>
      permissions.every(({ access = [] }) => access.some((one) => one.action === action));
    const found = permissions.map(({ namespace }) => namespace).sort();
    const declared = [...(known.projects as string[])].sort();
    return {
      ...known,
      // Harbor gives them in an order of its own.
      projects: found.join() === declared.join() ? known.projects : found,
      access: told.disable ? "none" : may("push") ? "push" : "pull",
      days: told.duration,
      description: told.description ?? "",
    };
  },

  async update(connection, id, settings, before) {
    const { body: told } = await demand(connection, { method: "GET", path: `/robots/${id}` });
    // Its name is the whole one here.
    await demand(connection, {
      method: "PUT",
      path: `/robots/${id}`,
      body: { ...told, ...body(settings), name: told.name },
    });
    if (settings.rotation === before.rotation) return undefined;
    const answer = await demand(connection, { method: "PATCH", path: `/robots/${id}`, body: { secret: "" } });
    return { login: told.name, secret: answer.body.secret };
  },

  async remove(connection, id) {
    await demand(connection, { method: "DELETE", path: `/robots/${id}` }, 404);
  },
};
