import { demand, type Json } from "../client";
import { type Kind, type Settings } from "../kind";
import { projectId, projectPath } from "./project";

const repositories = (pattern: string) => ({
  repository: [{ kind: "doublestar", decoration: "repoMatches", pattern }],
});
const tags = (pattern: string, extras?: object) => [
  {
    kind: "doublestar",
    decoration: "matches",
    pattern,
    ...(extras ? { extras: JSON.stringify(extras) } : {}),
  },
];

/** Which tags of a project stay when the others are cleared away. */
export interface RetentionSettings {
  /** Name of the project. */
  project: string;
  /** When, six fields as cron has them, with seconds in front. */
  schedule: string;
  /** Tags that a rule names stay; without rules nothing goes. */
  rules: {
    /** Patterns such as `**` and `team/*`. */
    repositories: string;
    tags: string;
    /** The newest so many by their push; or those pushed in so many days; -1 for the other one. */
    latest: number;
    days: number;
  }[];
}

type RetentionRule = RetentionSettings["rules"][number];

const retentionBody = (settings: Settings, ref: number) => ({
  algorithm: "or",
  scope: { level: "project", ref },
  trigger: { kind: "Schedule", settings: { cron: settings.schedule }, references: {} },
  rules: (settings.rules as RetentionRule[]).map((rule) => ({
    disabled: false,
    action: "retain",
    ...(rule.latest >= 0
      ? { template: "latestPushedK", params: { latestPushedK: rule.latest } }
      : { template: "nDaysSinceLastPush", params: { nDaysSinceLastPush: rule.days } }),
    tag_selectors: tags(rule.tags, { untagged: true }),
    scope_selectors: repositories(rule.repositories),
  })),
});

export const retention: Kind = {
  fixed: ["project"],

  async create(connection, settings) {
    const ref = await projectId(connection, settings.project);
    const { body } = await demand(connection, {
      method: "GET",
      path: projectPath(settings.project),
      byName: true,
    });
    const present = body.metadata?.retention_id;
    if (present) {
      await retention.update(connection, present, settings, settings);
      return { id: String(present) };
    }
    const { madeId } = await demand(connection, {
      method: "POST",
      path: "/retentions",
      body: retentionBody(settings, Number(ref)),
    });
    return { id: String(madeId) };
  },

  async read(connection, id, known) {
    const { status, body } = await demand(connection, { method: "GET", path: `/retentions/${id}` }, 404);
    if (status === 404) return undefined;
    return {
      project: known.project,
      schedule: body.trigger?.settings?.cron ?? "",
      rules: (body.rules ?? [])
        .filter(({ disabled }: Json) => !disabled)
        .map((rule: Json) => ({
          repositories: rule.scope_selectors?.repository?.[0]?.pattern ?? "",
          tags: rule.tag_selectors?.[0]?.pattern ?? "",
          latest: rule.params?.latestPushedK ?? -1,
          days: rule.params?.nDaysSinceLastPush ?? -1,
        })),
    };
  },

  async update(connection, id, settings) {
    const ref = Number(await projectId(connection, settings.project));
    await demand(connection, {
      method: "PUT",
      path: `/retentions/${id}`,
      body: { id: Number(id), ...retentionBody(settings, ref) },
    });
  },

  async remove(connection, id) {
    await demand(connection, { method: "DELETE", path: `/retentions/${id}` }, 404);
  },
};

/** Tags of a project that can't be overwritten or deleted. */
export interface ImmutableSettings {
  /** Name of the project. */
  project: string;
  repositories: string;
  tags: string;
}

const rulesPath = (project: string) => `${projectPath(project)}/immutabletagrules`;

const immutableBody = (settings: Settings) => ({
  disabled: false,
  action: "immutable",
  template: "immutable_template",
  tag_selectors: tags(settings.tags),
  scope_selectors: repositories(settings.repositories),
});

export const immutable: Kind = {
  fixed: ["project"],

  async create(connection, settings) {
    const path = rulesPath(settings.project);
    const { status, madeId } = await demand(
      connection,
      { method: "POST", path, byName: true, body: immutableBody(settings) },
      409,
    );
    if (status !== 409 && madeId) return { id: madeId };
    const { body } = await demand(connection, { method: "GET", path: `${path}?page_size=100`, byName: true });
    const same = (body ?? []).find((rule: Json) => sameRule(settingsOf(rule, settings.project), settings));
    if (!same)
      throw new Error(
        `project ${settings.project}: Harbor says that the rule for immutable tags is there, and lists none`,
      );
    return { id: String(same.id) };
  },

  async read(connection, id, known) {
    const { status, body } = await demand(
      connection,
      { method: "GET", path: `${rulesPath(known.project)}?page_size=100`, byName: true },
      404,
    );
    const found = status === 404 ? undefined : (body ?? []).find((rule: Json) => String(rule.id) === id);
    return found && !found.disabled ? settingsOf(found, known.project) : undefined;
  },

  async update(connection, id, settings) {
    await demand(connection, {
      method: "PUT",
      path: `${rulesPath(settings.project)}/${id}`,
      byName: true,
      body: { id: Number(id), ...immutableBody(settings) },
    });
  },

  async remove(connection, id, { project }) {
    await demand(connection, { method: "DELETE", path: `${rulesPath(project)}/${id}`, byName: true }, 404);
  },
};
const settingsOf = (rule: Json, project: string) => ({
  project,
  repositories: rule.scope_selectors?.repository?.[0]?.pattern ?? "",
  tags: rule.tag_selectors?.[0]?.pattern ?? "",
});

const sameRule = (a: Settings, b: Settings) => a.repositories === b.repositories && a.tags === b.tags;
