import { type Kind } from "../kind";
import { daemonSet, deployment, statefulSet } from "./controllers";
import { job } from "./job";
import { condition, type Check } from "./readiness";
import { pod } from "./pods";
import { service } from "./service";
import { claim, volume } from "./volumes";

interface Rule {
  check: Check;
  /** Milliseconds. @default as with most kinds */
  timeout?: number;
  /** A refresh looks at it too: what was ready may not be so any more. @default false */
  everyRefresh?: boolean;
}

const minute = 60_000;

const definition: Check = (live) =>
  condition(live, "Established")?.status === "True"
    ? "ready"
    : { missing: [condition(live, "NamesAccepted")?.message ?? "the API server does not serve it yet"] };

/** The token of a service account is written into its secret by a controller. */
const secret: Check = (live) =>
  live.type !== "kubernetes.io/service-account-token" || live.data
    ? "ready"
    : { missing: ["no token was written into it"] };

const rules: Record<string, Rule> = {
  "apiextensions.k8s.io/v1/CustomResourceDefinition": { check: definition, timeout: minute },
  "apps/v1/DaemonSet": { check: daemonSet, everyRefresh: true },
  "apps/v1/Deployment": { check: deployment, everyRefresh: true },
  "apps/v1/StatefulSet": { check: statefulSet, everyRefresh: true },
  "batch/v1/Job": { check: job, everyRefresh: true },
  "v1/PersistentVolume": { check: volume, timeout: 5 * minute },
  "v1/PersistentVolumeClaim": { check: claim, timeout: 5 * minute },
  "v1/Pod": { check: pod, everyRefresh: true },
  "v1/Secret": { check: secret, timeout: 5000 },
  "v1/Service": { check: service, everyRefresh: true },
};

/** When an object of the kind counts as ready. Kinds that have no work to do are so at once. */
export const readinessOf = ({ apiVersion, kind }: Kind): Rule =>
  rules[`${apiVersion}/${kind}`] ?? { check: () => "ready" };
