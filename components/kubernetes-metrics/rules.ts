import { type types } from "@pulumi/kubernetes";

/** What metrics-server may do: ask the kubelets, and know of which pods and nodes. */
export const rules: types.input.rbac.v1.PolicyRule[] = [
  { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
  { apiGroups: [""], resources: ["nodes", "pods"], verbs: ["get", "list", "watch"] },
];
