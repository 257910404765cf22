import { setTimeout as sleep } from "node:timers/promises";
import { logStatus } from "../provider/engine-log";
import { ApiError, type Cluster, type KubernetesObject, Unreachable } from "./cluster";
import { type ObjectRef, title } from "./kind";
import { leftovers } from "./ready/deletion";
import { readinessOf } from "./ready/index";

/** How long to wait, and whom to tell meanwhile. */
export interface Patience {
  /** Milliseconds. @default as the kind has it */
  timeout: number | undefined;
  urn: string;
  /** Ends when the engine cancels the run. */
  cancelled: AbortSignal;
}

export interface Wait {
  /** Waits until the object, which was just written like this, does its work, and gives it. Throws NotReady. */
  untilReady(
    cluster: Cluster,
    ref: ObjectRef,
    written: KubernetesObject,
    patience: Patience,
  ): Promise<KubernetesObject>;
  /** What an object that was ready is missing now; nothing of most kinds. */
  missingNow(cluster: Cluster, ref: ObjectRef, live: KubernetesObject): Promise<string[]>;
  /** Waits until the object with this `uid` is deleted. */
  untilGone(cluster: Cluster, ref: ObjectRef, uid: string | undefined, patience: Patience): Promise<void>;
}

/** The object is there but does not do its work; the reasons say what is missing. */
export class NotReady extends Error {
  constructor(
    message: string,
    /** As it was last seen. */
    readonly object: KubernetesObject,
    readonly reasons: string[],
  ) {
    super(message);
  }
}

const defaultPatience = 600_000;
const pause = (looks: number) => Math.min(2000, 250 * looks);

/** Waits by looking at the objects again and again. */
export const waitByLooking: Wait = {
  async untilReady(cluster, ref, written, patience) {
    const { check, timeout = defaultPatience } = readinessOf(ref);
    const started = Date.now();
    const until = started + (patience.timeout ?? timeout);
    const say = eachOnce(patience.urn);
    let object = written;
    let missing: string[] = [];
    const giveUp = (how: string): never => {
      const seconds = Math.round((Date.now() - started) / 1000);
      const text = `${title(ref)} ${how} after ${seconds} s. See: ${nextCommand(ref)}`;
      throw new NotReady(text, object, missing);
    };
    for (let looks = 1; ; looks++) {
      const seen = await look(async () => {
        const live = looks === 1 ? written : await cluster.get(ref);
        if (!live) return giveUp("was deleted while it was waited for,");
        object = live;
        return check(live, { cluster, ref, age: Date.now() - started });
      });
      if (seen === "ready") return object;
      missing = seen?.missing ?? missing;
      if (seen?.failed) giveUp("failed");
      if (patience.cancelled.aborted) giveUp("is not ready: the run was cancelled");
      if (Date.now() > until) giveUp("is not ready");
      say(missing.slice(0, 2).join("; ") || `waiting for ${title(ref)}`);
      await rest(looks, patience);
    }
  },

  async missingNow(cluster, ref, live) {
    const { check, everyRefresh } = readinessOf(ref);
    const seen = everyRefresh ? await check(live, { cluster, ref, age: Infinity }) : "ready";
    return seen === "ready" ? [] : seen.missing;
  },

  async untilGone(cluster, ref, uid, patience) {
    const timeout = patience.timeout ?? defaultPatience;
    const until = Date.now() + timeout;
    const say = eachOnce(patience.urn);
    for (let looks = 1; ; looks++) {
      const live = await look(async () => (await cluster.get(ref)) ?? "gone");
      if (live === "gone" || (typeof live === "object" && uid && live.metadata.uid !== uid)) return;
      const why = typeof live === "object" ? leftovers(live) : "";
      if (Date.now() > until || patience.cancelled.aborted)
        throw new Error(
          `${cluster.server}: ${title(ref)} is still there ${Math.round(timeout / 1000)} s after its deletion${why}. ` +
            `See: ${nextCommand(ref)}`,
        );
      say(`deleting ${title(ref)}${why}`);
      await rest(looks, patience);
    }
  },
};

/** Shows what is new in the status column of the resource. */
function eachOnce(urn: string): (text: string) => void {
  let last = "";
  return (text) => {
    if (text !== last) logStatus(urn, text);
    last = text;
  };
}

/** One look. An API server that is away for a moment is waited for like the rest. */
async function look<T>(at: () => Promise<T>): Promise<T | undefined> {
  try {
    return await at();
  } catch (error) {
    if (error instanceof Unreachable || (error instanceof ApiError && error.status >= 500)) return undefined;
    throw error;
  }
}

const rest = (looks: number, { cancelled }: Patience) =>
  sleep(pause(looks), undefined, { signal: cancelled }).catch(() => undefined);

const nextCommand = ({ kind, name, namespace }: ObjectRef) =>
  `kubectl describe ${kind.toLowerCase()} ${name}${namespace ? ` -n ${namespace}` : ""}`;
