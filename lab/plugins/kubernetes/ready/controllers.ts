import { type KubernetesObject } from "../cluster";
import { podsInTrouble } from "./pods";
import { type Check, condition, isObserved } from "./readiness";

const notSeen = { missing: ["its controller has not seen it yet"] };

/** As `kubectl rollout status` has it: all replicas are of the present template, available, and the only ones. */
export const deployment: Check = async (live, around) => {
  if (!isObserved(live)) return notSeen;
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0 } = live.status;
  const wanted = live.spec.replicas ?? 1;
  if (
    live.spec.paused ||
    (updatedReplicas >= wanted && replicas <= updatedReplicas && availableReplicas >= wanted)
  )
    return "ready";
  const count = `${availableReplicas} of ${wanted} replicas available, ${updatedReplicas} of the present template`;
  const failure = condition(live, "ReplicaFailure")?.message;
  return { missing: [count, ...present(failure), ...(await podsInTrouble(live, around))] };
};

export const statefulSet: Check = async (live, around) => {
  if (!isObserved(live)) return notSeen;
  const { readyReplicas = 0, updatedReplicas = 0, currentRevision, updateRevision } = live.status;
  const wanted = live.spec.replicas ?? 1;
  const { type, rollingUpdate } = live.spec.updateStrategy ?? {};
  const kept = rollingUpdate?.partition ?? 0;
  const updated =
    type === "OnDelete" || (kept > 0 ? updatedReplicas >= wanted - kept : currentRevision === updateRevision);
  if (readyReplicas >= wanted && updated) return "ready";
  const count = `${readyReplicas} of ${wanted} replicas ready, ${updatedReplicas} of the present template`;
  return { missing: [count, ...(await podsInTrouble(live, around))] };
};

export const daemonSet: Check = async (live, around) => {
  if (!isObserved(live)) return notSeen;
  const { desiredNumberScheduled: wanted = 0, numberAvailable = 0, updatedNumberScheduled = 0 } = live.status;
  const updated = isOnDelete(live) || updatedNumberScheduled >= wanted;
  if (updated && numberAvailable >= wanted) return "ready";
  const count = `${numberAvailable} of ${wanted} pods available, ${updatedNumberScheduled} of the present template`;
  return { missing: [count, ...(await podsInTrouble(live, around))] };
};

const isOnDelete = (live: KubernetesObject) => live.spec.updateStrategy?.type === "OnDelete";

const present = (text: string | undefined) => (text ? [text] : []);
