import type * as pulumi from "@pulumi/pulumi";
import { type Connection } from "./client";
import { type Kind, type Settings } from "./kind";

/** What the state has of a thing in Harbor. */
interface State {
  connection: Connection;
  settings: Settings;
  /** Robots alone. */
  login?: string;
  /** A secret. */
  secret?: string;
}

/**
 * Provider of a kind, which runs on the operator's machine. Pulumi takes it as text, with all that it uses, and keeps it
 * with each resource: what is no longer in the program can still be deleted.
 */
export const providerOf = (kind: Kind): pulumi.dynamic.ResourceProvider => ({
  async diff(_id: string, olds: State, news: State) {
    const changed = Object.keys({ ...olds.settings, ...news.settings }).filter(
      (key) => !same(olds.settings[key], news.settings[key]),
    );
    return {
      changes: changed.length > 0 || !same(olds.connection, news.connection),
      replaces: changed.some((key) => kind.fixed.includes(key)) ? ["settings"] : [],
      deleteBeforeReplace: true,
    };
  },

  async create({ connection, settings }: State) {
    const { id, extra } = await kind.create(connection, settings);
    return { id, outs: { connection, settings, ...extra } };
  },

  async read(id: string, state: State) {
    const found = await kind.read(state.connection, id, state.settings);
    if (!found) return {}; // it is gone
    const { connection } = state;
    return { id, props: { ...state, settings: found }, inputs: { connection, settings: found } };
  },

  async update(id: string, olds: State, { connection, settings }: State) {
    // The connection alone may be another: a new password of admin is nothing new for what is in Harbor.
    const extra = same(olds.settings, settings)
      ? undefined
      : await kind.update(connection, id, settings, olds.settings);
    return { outs: { ...olds, connection, settings, ...extra } };
  },

  async delete(id: string, { connection, settings }: State) {
    await kind.remove(connection, id, settings);
  },
});

/** Whether two values of JSON are the same, in whatever order their keys stand. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) =>
    same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}
