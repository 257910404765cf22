import { type types } from "@pulumi/kubernetes";
import { type Input } from "@pulumi/pulumi";
import { command, dataPath } from "./filebeat";
import { configFolder, files, podLogs, statusPort } from "./node-config";

/** What its pods are found by. */
export const labels = { "app.kubernetes.io/name": "log-shipper" };

export interface PodParts {
  image: string;
  account: Input<string>;
  /** Secret with `filebeat.yml` and `ca.crt`. */
  secret: Input<string>;
  /** Directory on each node for queue and registry. */
  dataDirectory: string;
  memoryMiB: number;
}

/**
 * The pod on each node. It is root, which owns the logs, and may do nothing else that root may. It is in the network of
 * the node, so that it works before the pods' network does, and while that does not.
 */
export const shipperPod = (parts: PodParts): types.input.core.v1.PodSpec => ({
  serviceAccountName: parts.account,
  automountServiceAccountToken: true,
  enableServiceLinks: false,
  priorityClassName: "system-node-critical",
  hostNetwork: true,
  dnsPolicy: "ClusterFirstWithHostNet",
  tolerations: [{ operator: "Exists" }], // any node may have a pod that prints something
  terminationGracePeriodSeconds: 30,
  containers: [
    {
      name: "filebeat",
      image: parts.image,
      command: [...command, "-c", `${configFolder}/${files.config}`],
      env: [{ name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }],
      securityContext: {
        runAsUser: 0,
        runAsGroup: 0,
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
        seccompProfile: { type: "RuntimeDefault" },
      },
      resources: {
        requests: { cpu: "50m", memory: `${parts.memoryMiB}Mi` },
        limits: { memory: `${parts.memoryMiB}Mi` },
      },
      // Whether it works, whatever becomes of the store.
      livenessProbe: {
        httpGet: { host: "127.0.0.1", port: statusPort, path: "/" },
        initialDelaySeconds: 30,
        periodSeconds: 30,
        timeoutSeconds: 10,
        failureThreshold: 4,
      },
      volumeMounts: [
        { name: "config", mountPath: configFolder, readOnly: true },
        { name: "logs", mountPath: podLogs, readOnly: true },
        { name: "data", mountPath: dataPath },
      ],
    },
  ],
  volumes: [
    // Filebeat refuses a configuration that others may read.
    { name: "config", secret: { secretName: parts.secret, defaultMode: 0o600 } },
    { name: "logs", hostPath: { path: podLogs, type: "DirectoryOrCreate" } },
    { name: "data", hostPath: { path: parts.dataDirectory, type: "DirectoryOrCreate" } },
  ],
});
