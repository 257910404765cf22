import { type Declared } from "./declared";
import { type Operation } from "./stack";

/** What has to be there: outputs of the resource, and what a shell command on the host prints. */
export interface Look {
  /** Compared by `toMatchObject`. */
  outputs?: Record<string, unknown>;
  /** Names of outputs that are secret. */
  secret?: string[];
  /** Compared by `toEqual`, without the white space around it. */
  host?: [command: string, prints: unknown];
}

/** The life of one resource: made, planned, changed (or not), deleted. */
export interface Case extends Declared {
  /** What the case shows; the test's title. */
  shows: string;
  /** Inputs that replace those in `props`. @default none: nothing changes */
  changed?: Record<string, unknown>;
  /** Shell command on the host, behind the engine's back, before a refresh and the plan. @default none */
  drift?: string;
  plan: Operation;
  made?: Look;
  changedLook?: Look;
  deleted?: Look;
}

/** A resource that cannot be made. */
export interface Failing extends Declared {
  shows: string;
  /** What the engine prints about this resource. */
  fails: RegExp;
  /** The plan fails already, and with it ends the whole run. @default false */
  refused?: boolean;
  /** What has to be on the host afterwards. */
  after?: Look["host"];
}

/** What the cases need to know about the lab. */
export interface Place {
  address: string;
  hostKey: string;
  /** The operator's key; a file. */
  privateKeyFile: string;
  /** Image that all containers are made of, by each of its names in the lab's registry. */
  image: { tag: string; digest: string; otherTag: string };
  /** Login for that registry. */
  registry: { address: string; username: string; password: string };
}

/** Texts that must not be anywhere but where they are sent. */
export const secretTexts = { file: "s3cret-of-file", stdin: "s3cret-of-stdin", before: "s3cret-of-before" };

/** An input that holds such a text. */
export const secret = (text: string) => ({ $secret: Buffer.from(text).toString("base64") });

/** No secret, but printed by a command that asks not to be shown. */
export const quietText = "qu1et-text";

/** Folder on the host for what the cases write. */
export const scratch = "/tmp/contract";
