import { type types } from "@pulumi/kubernetes";

const verbs = ["get", "list", "watch"];

/** What the shipper may do: look up whose line it has. ReplicaSets and Jobs know the Deployment or CronJob of a pod. */
export const rules: types.input.rbac.v1.PolicyRule[] = [
  { apiGroups: [""], resources: ["pods", "namespaces", "nodes"], verbs },
  { apiGroups: ["apps"], resources: ["replicasets"], verbs },
  { apiGroups: ["batch"], resources: ["jobs"], verbs },
];
