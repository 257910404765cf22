import { copied, dissected, filebeatYaml, home } from "./filebeat";
import { type KnownOutput } from "./output";

/** Where kubelets keep the logs of pods: NAMESPACE_POD_UID/CONTAINER/RESTARTS.log. */
export const podLogs = "/var/log/pods";

/** Where the files of the Secret are in the pod. */
export const configFolder = `${home}/farmstack`;
export const files = { config: "filebeat.yml", ca: "ca.crt" } as const;

/** TCP port on the loopback address of each node at which the shipper answers how it is. */
export const statusPort = 5066;

export interface NodeConfig {
  /** Namespace of the shipper, whose own lines are left out. */
  namespace: string;
  stack: string;
  dataStream: string;
  queueMiB: number;
  output: KnownOutput;
}

/**
 * filebeat.yml of a node of Kubernetes: all that its pods print. Namespace, pod and container are told by the path, also
 * of a pod that is gone, and of rotated files, which have no symbolic link in /var/log/containers. The API is asked for
 * labels.
 */
export const nodeConfig = ({ namespace, ...config }: NodeConfig): string =>
  filebeatYaml({
    ...config,
    hostName: "${NODE_NAME}",
    paths: [`${podLogs}/*/*/*.log*`],
    excludeFiles: ["\\.gz$", "\\.tmp$", `^${podLogs}/${namespace}_`],
    format: "cri",
    // Not into the fields of Kubernetes yet: where there are any, the API is not asked.
    origin: [
      dissected(
        `${podLogs}/%{pod_log.namespace}_%{pod_log.pod}_%{pod_log.uid}/%{pod_log.container}/%{?file}`,
      ),
    ],
    identity: ["pod_log.uid", "pod_log.container"],
    description: [
      {
        add_kubernetes_metadata: {
          node: "${NODE_NAME}",
          host: "${NODE_NAME}", // its name before Filebeat 8
          "default_indexers.enabled": false,
          "default_matchers.enabled": false,
          indexers: [{ pod_uid: null }],
          matchers: [{ logs_path: { logs_path: `${podLogs}/`, resource_type: "pod" } }],
        },
      },
      copied("kubernetes.namespace", ["pod_log.namespace"]),
      copied("kubernetes.pod.name", ["pod_log.pod"]),
      copied("kubernetes.pod.uid", ["pod_log.uid"]),
      copied("kubernetes.container.name", ["pod_log.container"]),
    ],
    services: [
      "kubernetes.labels.app",
      "kubernetes.labels.app_kubernetes_io/name",
      "kubernetes.container.name",
    ],
    unwanted: [
      "pod_log",
      "kubernetes.labels",
      "kubernetes.annotations",
      "kubernetes.namespace_labels",
      "kubernetes.namespace_annotations",
      "kubernetes.node.labels",
    ],
    caFile: `${configFolder}/${files.ca}`,
    status: { host: "127.0.0.1", port: statusPort },
  });
