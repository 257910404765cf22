import { expect } from "vitest";
import { type Case, type Failing, secret, secretTexts } from "./case";
import { type Declared } from "./declared";

/** Namespace of all objects of the cases that are in one. */
export const namespace = "contract";

/** What the cases are made in. Their looks and drifts are shell commands where `kubectl` leads to the same cluster. */
export const kubernetesBase = (kubeconfig: string): Declared[] => [
  { class: "kubernetes.Provider", name: "cluster", props: { kubeconfig: secret(kubeconfig) } },
  {
    class: "kubernetes.Provider",
    name: "mutable",
    props: {
      kubeconfig: secret(kubeconfig),
      enableConfigMapMutable: true,
      enableSecretMutable: true,
      namespace,
    },
  },
  {
    class: "kubernetes.core.v1.Namespace",
    name: "space",
    props: { metadata: { name: namespace } },
    provider: "cluster",
  },
];

const space = { $of: "space.id" };
const inSpace = (name: string, more = {}) => ({ metadata: { name, namespace: space, ...more } });
const show = (what: string, path: string) => `kubectl get ${what} -n ${namespace} -o jsonpath='{${path}}'`;
const isThere = (what: string) => `kubectl get ${what} -n ${namespace} -o name --ignore-not-found`;
const labels = { app: "contract" };
const template = (image: string) => ({
  metadata: { labels },
  spec: {
    containers: [
      { name: "main", image, resources: { limits: { cpu: "1000m", memory: "1024Mi" } }, args: [] },
    ],
    hostNetwork: false,
  },
});
const skipped = { annotations: { "pulumi.com/skipAwait": "true" } };
const box = "apiextensions.k8s.io";

export function kubernetesCases(kubeconfig: string): Case[] {
  const elsewhere = kubeconfig.replace("https://127.0.0.1:", "https://localhost:"); // another address, the same cluster
  return [
    {
      shows: "Provider: a kubeconfig for another address replaces it",
      class: "kubernetes.Provider",
      name: "moved",
      props: { kubeconfig: secret(kubeconfig) },
      changed: { kubeconfig: secret(elsewhere) },
      plan: "replace",
      made: { secret: ["kubeconfig"] },
    },
    {
      shows: "Provider: a kubeconfig for another address of what is said to be the same cluster updates it",
      class: "kubernetes.Provider",
      name: "identified",
      props: { kubeconfig: secret(kubeconfig), clusterIdentifier: "one" },
      changed: { kubeconfig: secret(elsewhere) },
      plan: "update",
    },
    {
      shows: "ConfigMap: other data replaces it, the old one first where its name is given",
      class: "kubernetes.core.v1.ConfigMap",
      name: "given",
      provider: "cluster",
      props: { ...inSpace("given"), data: { a: "1", b: "1" } },
      changed: { data: { a: "2" } },
      plan: "replace",
      made: { host: [show("cm given", ".data"), '{"a":"1","b":"1"}'] },
      changedLook: { host: [show("cm given", ".data"), '{"a":"2"}'] },
      deleted: { host: [isThere("cm given"), ""] },
    },
    {
      shows: "ConfigMap: without a name it gets one",
      class: "kubernetes.core.v1.ConfigMap",
      name: "auto",
      provider: "cluster",
      props: { metadata: { namespace: space }, data: { a: "1" } },
      changed: { data: { a: "2" } },
      plan: "replace",
      made: {
        outputs: {
          metadata: expect.objectContaining({
            name: expect.stringMatching(/^auto-[0-9a-f]{8}$/),
            annotations: { "pulumi.com/autonamed": "true" },
          }),
        },
      },
    },
    {
      shows: "ConfigMap: other labels update it, and take old ones away",
      class: "kubernetes.core.v1.ConfigMap",
      name: "labelled",
      provider: "cluster",
      props: inSpace("labelled", { labels: { a: "1", b: "1" } }),
      changed: inSpace("labelled", { labels: { a: "2" } }),
      plan: "update",
      made: { host: [show("cm labelled", ".metadata.labels"), '{"a":"1","b":"1"}'] },
      changedLook: { host: [show("cm labelled", ".metadata.labels"), '{"a":"2"}'] },
    },
    {
      shows: "ConfigMap: where they are mutable, other data updates it; in the provider's namespace",
      class: "kubernetes.core.v1.ConfigMap",
      name: "mutable-map",
      provider: "mutable",
      props: { metadata: { name: "mutable-map" }, data: { a: "1", b: "1" } },
      changed: { data: { a: "2" } },
      plan: "update",
      changedLook: { host: [show("cm mutable-map", ".data"), '{"a":"2"}'] },
    },
    {
      shows: "Secret: texts are kept as data, and are secret",
      class: "kubernetes.core.v1.Secret",
      name: "password",
      provider: "cluster",
      props: { ...inSpace("password"), stringData: { text: secret(secretTexts.before) } },
      changed: { stringData: { text: secret(secretTexts.stdin) } },
      plan: "replace",
      made: {
        secret: ["data"],
        host: [`${show("secret password", ".data.text")} | base64 -d`, secretTexts.before],
      },
      changedLook: {
        secret: ["data"],
        host: [`${show("secret password", ".data.text")} | base64 -d`, secretTexts.stdin],
      },
    },
    {
      shows: "Secret: where they are mutable, other data updates it",
      class: "kubernetes.core.v1.Secret",
      name: "mutable-secret",
      provider: "mutable",
      props: { ...inSpace("mutable-secret"), stringData: { text: secret(secretTexts.before) } },
      changed: { stringData: { text: secret(secretTexts.file) } },
      plan: "update",
      changedLook: { host: [`${show("secret mutable-secret", ".data.text")} | base64 -d`, secretTexts.file] },
    },
    {
      shows: "Deployment: another image updates it",
      class: "kubernetes.apps.v1.Deployment",
      name: "web",
      provider: "cluster",
      props: {
        ...inSpace("web"),
        spec: { replicas: 0, selector: { matchLabels: labels }, template: template("a:1") },
      },
      changed: { spec: { replicas: 0, selector: { matchLabels: labels }, template: template("a:2") } },
      plan: "update",
      made: { outputs: { status: expect.objectContaining({ observedGeneration: 1 }) } },
      changedLook: { host: [show("deploy web", ".spec.template.spec.containers[*].image"), "a:2"] },
    },
    {
      shows: "Deployment: another selector replaces it",
      class: "kubernetes.apps.v1.Deployment",
      name: "reselected",
      provider: "cluster",
      props: {
        ...inSpace("reselected"),
        spec: { replicas: 0, selector: { matchLabels: labels }, template: template("a:1") },
      },
      changed: {
        spec: {
          replicas: 0,
          selector: { matchLabels: { app: "contract", tier: "web" } },
          template: { ...template("a:1"), metadata: { labels: { ...labels, tier: "web" } } },
        },
      },
      plan: "replace",
    },
    {
      shows: "StatefulSet: another number of replicas updates it",
      class: "kubernetes.apps.v1.StatefulSet",
      name: "database",
      provider: "cluster",
      props: {
        ...inSpace("database", skipped),
        spec: {
          serviceName: "db",
          replicas: 0,
          selector: { matchLabels: labels },
          template: template("a:1"),
        },
      },
      changed: {
        spec: {
          serviceName: "db",
          replicas: 2,
          selector: { matchLabels: labels },
          template: template("a:1"),
        },
      },
      plan: "update",
      changedLook: { host: [show("statefulset database", ".spec.replicas"), "2"] },
    },
    {
      shows: "DaemonSet: is there, and found as it is",
      class: "kubernetes.apps.v1.DaemonSet",
      name: "collector",
      provider: "cluster",
      props: {
        ...inSpace("collector", skipped),
        spec: { selector: { matchLabels: labels }, template: template("a:1") },
      },
      plan: "same",
    },
    {
      shows: "Job: another template replaces it",
      class: "kubernetes.batch.v1.Job",
      name: "task",
      provider: "cluster",
      props: {
        ...inSpace("task", skipped),
        spec: {
          suspend: true,
          template: { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "a:1" }] } },
        },
      },
      changed: {
        spec: {
          suspend: true,
          template: { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "a:2" }] } },
        },
      },
      plan: "replace",
      changedLook: { host: [show("job task", ".spec.template.spec.containers[*].image"), "a:2"] },
    },
    {
      shows: "Service: another port updates it, and it keeps its address",
      class: "kubernetes.core.v1.Service",
      name: "front",
      provider: "cluster",
      props: { ...inSpace("front"), spec: { ports: [{ port: 80 }] } },
      changed: { spec: { ports: [{ port: 81, name: "http" }] } },
      plan: "update",
      made: { outputs: { spec: expect.objectContaining({ clusterIP: expect.stringMatching(/^\d+\./) }) } },
      changedLook: { host: [show("svc front", ".spec.ports[*].port"), "81"] },
    },
    {
      shows: "StorageClass: other parameters replace it",
      class: "kubernetes.storage.v1.StorageClass",
      name: "disks",
      provider: "cluster",
      props: {
        metadata: { name: "contract-disks" },
        provisioner: "contract.example/disk",
        volumeBindingMode: "WaitForFirstConsumer",
        parameters: { a: "1" },
      },
      changed: { parameters: { a: "2" } },
      plan: "replace",
    },
    {
      shows: "PersistentVolumeClaim: of a class that binds later, it is not waited for",
      class: "kubernetes.core.v1.PersistentVolumeClaim",
      name: "claim",
      provider: "cluster",
      props: {
        ...inSpace("claim"),
        spec: {
          storageClassName: "contract-disks",
          accessModes: ["ReadWriteOnce"],
          resources: { requests: { storage: "1024Mi" } },
        },
      },
      plan: "same",
      made: { outputs: { status: { phase: "Pending" } } },
    },
    {
      shows: "PersistentVolume: one that is for a claim is found as it is when the cluster has bound it",
      class: "kubernetes.core.v1.PersistentVolume",
      name: "directory",
      provider: "cluster",
      props: {
        metadata: { name: "contract.directory" },
        spec: {
          storageClassName: "contract-directories",
          capacity: { storage: "1Gi" },
          accessModes: ["ReadWriteMany"],
          persistentVolumeReclaimPolicy: "Retain",
          hostPath: { path: "/mnt/contract", type: "Directory" },
          claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace, name: "directory" },
        },
      },
      plan: "same",
      made: {
        outputs: { status: expect.objectContaining({ phase: expect.stringMatching(/Available|Bound/) }) },
      },
      changedLook: {
        host: ["kubectl get pv contract.directory -o jsonpath='{.status.phase}'", "Bound"],
      },
    },
    {
      shows: "PersistentVolumeClaim: is waited for until its volume is bound to it",
      class: "kubernetes.core.v1.PersistentVolumeClaim",
      name: "directory-claim",
      provider: "cluster",
      props: {
        ...inSpace("directory"),
        spec: {
          storageClassName: "contract-directories",
          accessModes: ["ReadWriteMany"],
          resources: { requests: { storage: "1Gi" } },
        },
      },
      plan: "same",
      made: { outputs: { status: expect.objectContaining({ phase: "Bound" }) } },
    },
    {
      shows: "ClusterRole: has no namespace, other rules update it",
      class: "kubernetes.rbac.v1.ClusterRole",
      name: "role",
      provider: "mutable",
      props: {
        metadata: { name: "contract-role" },
        rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
      },
      changed: { rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] }] },
      plan: "update",
      changedLook: { host: [show("clusterrole contract-role", ".rules[*].verbs"), '["get","list"]'] },
    },
    {
      shows: "CustomResourceDefinition: another version of it updates it",
      class: "kubernetes.apiextensions.v1.CustomResourceDefinition",
      name: "definition",
      provider: "cluster",
      props: definition("one"),
      changed: definition("two"),
      plan: "update",
      changedLook: {
        host: [
          `kubectl get crd boxes.contract.example -o jsonpath='{.spec.versions[*].schema.openAPIV3Schema.description}'`,
          "two",
        ],
      },
    },
    {
      shows: "CustomResource: waits for its definition, and is updated",
      class: "kubernetes.apiextensions.CustomResource",
      name: "box",
      provider: "cluster",
      props: {
        apiVersion: "contract.example/v1",
        kind: "Box",
        ...inSpace("box"),
        spec: { size: "1", old: "1" },
      },
      changed: { spec: { size: "2" } },
      plan: "update",
      made: { host: [show("box box", ".spec"), '{"old":"1","size":"1"}'] },
      changedLook: { host: [show("box box", ".spec"), '{"size":"2"}'] },
    },
    {
      shows: "ServiceAccountPatch: sets fields of an object that Kubernetes makes, and lets go of them",
      class: "kubernetes.core.v1.ServiceAccountPatch",
      name: "account",
      provider: "cluster",
      props: { ...inSpace("default"), automountServiceAccountToken: false },
      changed: { automountServiceAccountToken: true },
      plan: "update",
      made: { host: [show("serviceaccount default", ".automountServiceAccountToken"), "false"] },
      changedLook: { host: [show("serviceaccount default", ".automountServiceAccountToken"), "true"] },
    },
    {
      shows: "drift in what the program says is set right",
      class: "kubernetes.core.v1.ConfigMap",
      name: "drifted",
      provider: "cluster",
      props: inSpace("drifted", { labels: { tier: "web" } }),
      drift: `kubectl label cm drifted -n ${namespace} tier=other --overwrite`,
      plan: "update",
      changedLook: { host: [show("cm drifted", ".metadata.labels.tier"), "web"] },
    },
    {
      shows: "drift in what the program says nothing about is left",
      class: "kubernetes.core.v1.ConfigMap",
      name: "annotated",
      provider: "cluster",
      props: inSpace("annotated"),
      drift: `kubectl annotate cm annotated -n ${namespace} note=other`,
      plan: "same",
      changedLook: { host: [show("cm annotated", ".metadata.annotations.note"), "other"] },
    },
    {
      shows: "what was deleted is made again",
      class: "kubernetes.core.v1.ConfigMap",
      name: "gone",
      provider: "cluster",
      props: inSpace("gone"),
      drift: `kubectl delete cm gone -n ${namespace}`,
      plan: "create",
      changedLook: { host: [isThere("cm gone"), "configmap/gone"] },
    },
  ];
}

function definition(description: string): Record<string, unknown> {
  const spec = { type: "object", x_kubernetes_preserve_unknown_fields: true };
  const openAPIV3Schema = { type: "object", description, properties: { spec } };
  return {
    apiVersion: `${box}/v1`,
    metadata: { name: "boxes.contract.example" },
    spec: {
      group: "contract.example",
      scope: "Namespaced",
      names: { plural: "boxes", singular: "box", kind: "Box" },
      versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
}

export const kubernetesFailing: Failing[] = [
  {
    shows: "ConfigMap: one that is there already is not taken over",
    class: "kubernetes.core.v1.ConfigMap",
    name: "taken",
    provider: "cluster",
    props: { metadata: { name: "kube-root-ca.crt", namespace: "default" }, data: { a: "1" } },
    fails: /already exists|is there already/,
    after: ["kubectl get cm kube-root-ca.crt -n default -o jsonpath='{.data.a}'", ""],
  },
  {
    shows: "Deployment: what does not come up is there, and its pods are said to wait",
    class: "kubernetes.apps.v1.Deployment",
    name: "waiting",
    provider: "cluster",
    props: {
      metadata: {
        name: "contract-waiting",
        namespace: "default",
        annotations: { "pulumi.com/timeoutSeconds": "8" },
      },
      spec: { selector: { matchLabels: labels }, template: template("a:1") },
    },
    fails: /no nodes available/,
    after: ["kubectl get deploy contract-waiting -n default -o name", "deployment.apps/contract-waiting"],
  },
  {
    shows: "Service: what the API server refuses is said",
    class: "kubernetes.core.v1.Service",
    name: "refused",
    provider: "cluster",
    props: { metadata: { name: "contract-refused", namespace: "default" }, spec: { ports: [{ port: 0 }] } },
    fails: /must be between 1 and 65535/,
    after: ["kubectl get svc contract-refused -n default -o name --ignore-not-found", ""],
  },
  {
    shows: "a name that the API server would make up is refused",
    class: "kubernetes.core.v1.ConfigMap",
    name: "generated",
    provider: "cluster",
    props: { metadata: { generateName: "x-" } },
    fails: /generateName/,
    refused: true,
  },
];
