import { type Properties } from "../resource-type";
import { is, type Kind } from "./kind";

/** What the provider's settings say about changes. */
export interface Mutability {
  enableConfigMapMutable?: boolean;
  enableSecretMutable?: boolean;
}

/** Fields with whose change a pod becomes another one. `*` is any element of a list. */
const ofContainer = [
  ...["args", "command", "env", "image", "imagePullPolicy", "lifecycle", "livenessProbe", "ports"],
  ...["readinessProbe", "resources", "securityContext", "stdin", "stdinOnce", "terminationMessagePath"],
  ...["terminationMessagePolicy", "tty", "volumeDevices", "volumeMounts", "workingDir"],
];
const ofPod = [
  ...[
    "affinity",
    "automountServiceAccountToken",
    "dnsConfig",
    "dnsPolicy",
    "enableServiceLinks",
    "hostAliases",
  ],
  ...[
    "hostIPC",
    "hostNetwork",
    "hostPID",
    "hostname",
    "imagePullSecrets",
    "nodeName",
    "nodeSelector",
    "overhead",
  ],
  ...[
    "preemptionPolicy",
    "priority",
    "priorityClassName",
    "readinessGates",
    "restartPolicy",
    "runtimeClassName",
  ],
  ...["schedulerName", "securityContext", "serviceAccount", "serviceAccountName", "shareProcessNamespace"],
  ...["subdomain", "terminationGracePeriodSeconds", "volumes"],
  ...ofContainer.flatMap((field) => [`containers.*.${field}`, `initContainers.*.${field}`]),
];
const ofVolume = [
  ...[
    "awsElasticBlockStore",
    "azureDisk",
    "azureFile",
    "cephfs",
    "cinder",
    "csi",
    "fc",
    "flexVolume",
    "flocker",
  ],
  ...["gcePersistentDisk", "glusterfs", "hostPath", "iscsi", "local", "nfs", "photonPersistentDisk"],
  ...["portworxVolume", "quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume"],
];
const inSpec = (fields: string[]) => fields.map((field) => `spec.${field}`);

/** By `apiVersion/kind`: the fields with whose change the official plugin replaces the object. */
const byKind: Record<string, string[]> = {
  "apps/v1/DaemonSet": ["spec.selector"],
  "apps/v1/Deployment": ["spec.selector"],
  "apps/v1/StatefulSet": inSpec([
    "podManagementPolicy",
    "revisionHistoryLimit",
    "selector",
    "serviceName",
    "volumeClaimTemplates",
  ]),
  "batch/v1/Job": inSpec(["completions", "parallelism", "selector", "template"]),
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/v1/RoleBinding": ["roleRef"],
  "storage.k8s.io/v1/StorageClass": ["parameters", "provisioner"],
  "v1/PersistentVolume": inSpec(ofVolume),
  "v1/PersistentVolumeClaim": inSpec(["accessModes", "selector", "storageClassName", "volumeName"]),
  "v1/Pod": inSpec(ofPod),
  "v1/ResourceQuota": ["spec.scopes"],
  "v1/Secret": ["type"],
  "v1/Service": ["spec.clusterIP"],
};

/** Paths with whose change an object with these inputs is replaced. */
export function replacingFields(kind: Kind, inputs: Properties, settings: Mutability): string[] {
  const identity = ["metadata.name", "metadata.namespace"];
  const frozen = inputs.immutable === true;
  if (is(kind, "v1/ConfigMap") && (frozen || !settings.enableConfigMapMutable))
    return [...identity, "data", "binaryData"];
  if (is(kind, "v1/Secret") && (frozen || !settings.enableSecretMutable))
    return [...identity, "type", "data"];
  return [...identity, ...(byKind[`${kind.apiVersion}/${kind.kind}`] ?? [])];
}
