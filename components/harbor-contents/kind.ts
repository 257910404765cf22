import { type Connection } from "./client";

export type Settings = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

/** What was made, and what Harbor says of it once. */
export interface Made {
  id: string;
  /** Beside the settings, such as a secret. */
  extra?: Settings;
}

/** A kind of thing in Harbor, by its API. */
export interface Kind {
  /** Settings that can't change: another value is another thing. */
  fixed: string[];
  /** Makes it; one that is there already under its name is taken over and gets the settings. */
  create(connection: Connection, settings: Settings): Promise<Made>;
  /** What Harbor has, in the form of the settings; undefined: nothing. What it does not tell is taken from `known`. */
  read(connection: Connection, id: string, known: Settings): Promise<Settings | undefined>;
  /** Gives `extra` when that is new. */
  update(connection: Connection, id: string, settings: Settings, before: Settings): Promise<Settings | void>;
  /** Removes it; that it is gone is no failure. */
  remove(connection: Connection, id: string, settings: Settings): Promise<void>;
}
