import { type Cluster, type KubernetesObject } from "../cluster";
import { type Check, condition, type Surrounding } from "./readiness";

const pods = { apiVersion: "v1", kind: "Pod" };
const events = { apiVersion: "v1", kind: "Event" };

/** A pod by itself: ready, or done. */
export const pod: Check = async (live, { cluster }) => {
  if (live.status?.phase === "Succeeded" || isReady(live)) return "ready";
  return { missing: await troubleOf(live, cluster) };
};

/** What the pods of a controller wait for, pod by pod, the newest first. Those that are well say nothing. */
export async function podsInTrouble(
  owner: KubernetesObject,
  { cluster, ref }: Surrounding,
): Promise<string[]> {
  const labels = selectorText(owner.spec.selector);
  if (!labels) return [];
  const found = await listed(cluster, pods, ref.namespace, { labels });
  const unwell = found.filter(
    (one) => !isReady(one) && one.status?.phase !== "Succeeded" && !one.metadata.deletionTimestamp,
  );
  const newest = unwell.sort((a, b) => (created(a) > created(b) ? -1 : 1));
  return (await Promise.all(newest.slice(0, 5).map((one) => troubleOf(one, cluster)))).flat();
}

/** A list that only serves to explain: who may not read it goes without. */
const listed = (cluster: Cluster, ...of: Parameters<Cluster["list"]>) => cluster.list(...of).catch(() => []);

const created = ({ metadata }: KubernetesObject): string => metadata.creationTimestamp ?? "";

const isReady = (live: KubernetesObject) => condition(live, "Ready")?.status === "True";

async function troubleOf(live: KubernetesObject, cluster: Cluster): Promise<string[]> {
  const { namespace, name } = live.metadata;
  const own = podTrouble(live);
  const fields = `involvedObject.name=${name},type=Warning`;
  const warnings = own.length > 0 ? [] : await listed(cluster, events, namespace, { fields });
  const last = warnings.sort((a, b) => (lastSeen(a) < lastSeen(b) ? -1 : 1)).pop();
  const texts = last ? [`${last.reason}: ${last.message}`] : own.length > 0 ? own : ["is not ready yet"];
  return texts.map((text) => `pod ${name}: ${text}`);
}

const lastSeen = ({ lastTimestamp, eventTime, metadata }: KubernetesObject): string =>
  lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? "";

/** What a pod's own status says about why it does not run. */
export function podTrouble(live: KubernetesObject): string[] {
  const unscheduled = condition(live, "PodScheduled");
  if (unscheduled?.status === "False") return [`is on no node: ${unscheduled.message ?? unscheduled.reason}`];
  const { initContainerStatuses = [], containerStatuses = [] } = live.status ?? {};
  return [...initContainerStatuses, ...containerStatuses].flatMap(containerTrouble);
}

function containerTrouble({ name, state, lastState, restartCount }: KubernetesObject): string[] {
  const { waiting, terminated } = state ?? {};
  const before = terminated ?? lastState?.terminated;
  const ended = before && (before.exitCode !== 0 || waiting) ? endOf(before) : "";
  const start = ["PodInitializing", "ContainerCreating"]; // what it says when all is well
  if (waiting && !start.includes(waiting.reason))
    return [
      `container ${name}: ${waiting.reason}: ${ended || (waiting.message ?? "")}${again(restartCount)}`,
    ];
  return terminated && ended ? [`container ${name}: ${ended}`] : [];
}

const again = (restarts: number | undefined) => (restarts ? ` (${restarts} restarts)` : "");

/** How a container ended, with the last words that it left as its termination message. */
function endOf({ exitCode, reason, message }: KubernetesObject): string {
  const words = message ? `: ${String(message).trim().split("\n").slice(-5).join("\n")}` : "";
  return `ended with ${exitCode}${reason && reason !== "Error" ? ` (${reason})` : ""}${words}`;
}

/** A label selector as the API takes it in a query. */
export function selectorText(selector: KubernetesObject | undefined): string {
  const labels = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${String(value)}`);
  const expressions = (selector?.matchExpressions ?? []).map(expressionText);
  return [...labels, ...expressions].join(",");
}

function expressionText({ key, operator, values = [] }: KubernetesObject): string {
  if (operator === "Exists") return key;
  if (operator === "DoesNotExist") return `!${key}`;
  return `${key} ${operator === "In" ? "in" : "notin"} (${values.join(",")})`;
}
