import { DaemonSet, Deployment } from "@pulumi/kubernetes/apps/v1";
import { ConfigMap, Namespace, Secret, ServiceAccount } from "@pulumi/kubernetes/core/v1";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1";
import { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from "@pulumi/kubernetes/rbac/v1";
import { CSIDriver, StorageClass } from "@pulumi/kubernetes/storage/v1";
import * as pulumi from "@pulumi/pulumi";
import { type ImageSources } from "../images";
import { createPullSecret } from "../namespace/pull-secret";
import { asDefault, type ClassName, csiClass, type VolumeSource } from "./classes";
import { clusterConfig, keyIn } from "./cluster-config";
import {
  cephConfName,
  clusterConfigName,
  type DriverKind,
  driverName,
  namespaceName,
  secretName,
} from "./drivers";
import { nodePod, provisionerPod } from "./pods";
import { nodeClusterRules, provisionerClusterRules, provisionerRules } from "./rules";

/** Volumes that ceph-csi makes when they are claimed, in a file system of Ceph and in a pool. */
export interface CsiArgs {
  /** Tells it from the other one. */
  kind: "csi";
  /** Identity of the Ceph cluster. */
  fsid: pulumi.Input<string>;
  /** IP addresses of the monitors. */
  monitors: string[];
  /** ceph.conf of a client. */
  cephConf: pulumi.Input<string>;
  /** The user of Ceph that makes volumes and mounts them: one with `kubernetes: true`. */
  client: { name: string; keyring: pulumi.Input<string> };
  /** File system with the volumes of the class `cephfs`. */
  filesystem: string;
  /** Pool with the volumes of the class `rbd`. @default none, and no such class */
  pool?: string;
  /**
   * Class of claims that name none, and of the platform's own volumes that one pod at a time uses. Another one is for
   * new volumes: what has its volume already is not moved. @default none; the platform's own are of `cephfs`
   */
  default?: ClassName;
  /** Where the drivers' images come from. */
  images: ImageSources;
  /** Whether the classes can't be deleted before `pulumi state unprotect`. @default true */
  protect?: boolean;
}

/** How many pods of a provisioner there are; one works, the other takes over. */
const replicas = 2;

/**
 * ceph-csi with a driver for each kind of volume; gives the classes, which are there when their drivers run.
 * https://github.com/ceph/ceph-csi/blob/devel/docs/deploy-cephfs.md
 */
export function createCsi(
  name: string,
  args: CsiArgs,
  parent: pulumi.Resource,
): Partial<Record<ClassName, StorageClass>> {
  const { images, protect = true } = args;
  const namespace = new Namespace(
    `${name}-namespace`,
    { metadata: { name: namespaceName, labels: privileged } },
    { parent },
  );
  const inside = namespace.metadata.name;
  const imagePullSecrets = createPullSecret(name, inside, images.registry, { parent });
  const context: DriverContext = { name, namespace: inside, images, imagePullSecrets, parent };
  const config = createConfig(args, context);

  const sources: [DriverKind, VolumeSource][] = [["cephfs", { fsName: args.filesystem }]];
  if (args.pool) sources.push(["rbd", { pool: args.pool }]);
  return Object.fromEntries(
    sources.map(([kind, source]) => {
      const running = createDriver(kind, context, config);
      const storageClass = new StorageClass(
        `${name}-class-${kind}`,
        {
          metadata: { name: kind, ...(kind === args.default ? { annotations: asDefault } : {}) },
          ...csiClass(kind, args.fsid, source),
        },
        { parent, protect, dependsOn: running },
      );
      return [kind, storageClass];
    }),
  );
}

/** The nodes' pods mount on their hosts, which no narrower profile allows. */
const privileged = Object.fromEntries(
  ["enforce", "audit", "warn"].map((mode) => [`pod-security.kubernetes.io/${mode}`, "privileged"]),
);

interface DriverContext {
  name: string;
  namespace: pulumi.Output<string>;
  images: ImageSources;
  /** What pods need to be pulled, if anything. */
  imagePullSecrets: ReturnType<typeof createPullSecret>;
  parent: pulumi.Resource;
}

/** What the drivers know of Ceph. Kubelets bring a change to the pods, so none has to start again. */
function createConfig(
  { fsid, monitors, cephConf, client }: CsiArgs,
  { name, namespace, parent }: DriverContext,
): pulumi.Resource[] {
  const cluster = new ConfigMap(
    `${name}-cluster-config`,
    {
      metadata: { name: clusterConfigName, namespace },
      data: { "config.json": pulumi.output(fsid).apply((id) => clusterConfig(id, monitors)) },
    },
    { parent },
  );
  const conf = new ConfigMap(
    `${name}-ceph-conf`,
    // ceph-csi would write an empty keyring beside it, and can't: a ConfigMap is read-only in a pod.
    { metadata: { name: cephConfName, namespace }, data: { "ceph.conf": cephConf, keyring: "" } },
    { parent },
  );
  const secret = new Secret(
    `${name}-client`,
    {
      metadata: { name: secretName, namespace },
      stringData: {
        userID: client.name,
        userKey: pulumi.secret(pulumi.output(client.keyring).apply(keyIn)),
      },
    },
    { parent },
  );
  return [cluster, conf, secret];
}

/** A driver; gives its pods. */
function createDriver(
  kind: DriverKind,
  { name, namespace, images, imagePullSecrets, parent }: DriverContext,
  config: pulumi.Resource[],
): pulumi.Resource[] {
  const driver = new CSIDriver(
    `${name}-${kind}`,
    {
      metadata: { name: driverName(kind) },
      spec: {
        // A block device must not be on two nodes at once, so Kubernetes keeps account of where it is.
        attachRequired: kind === "rbd",
        podInfoOnMount: false,
        fsGroupPolicy: "File",
        seLinuxMount: true,
      },
    },
    { parent },
  );
  const account = (role: string) =>
    new ServiceAccount(
      `${name}-${kind}-${role}`,
      { metadata: { name: `${kind}-${role}`, namespace }, ...imagePullSecrets },
      { parent },
    );
  const accounts = { provisioner: account("provisioner"), node: account("node") };
  const granted = [
    ...grantInCluster(
      `${name}-${kind}-provisioner`,
      accounts.provisioner,
      provisionerClusterRules(kind),
      parent,
    ),
    ...grantInCluster(`${name}-${kind}-node`, accounts.node, nodeClusterRules(kind), parent),
    ...grantInNamespace(`${name}-${kind}-provisioner`, accounts.provisioner, provisionerRules, parent),
  ];
  const opts = { parent, dependsOn: [driver, ...granted, ...config] };

  const labelsOf = (role: string) => ({
    "app.kubernetes.io/name": "ceph-csi",
    "app.kubernetes.io/component": `${kind}-${role}`,
  });
  const labels = labelsOf("provisioner");
  const provisioner = new Deployment(
    `${name}-${kind}-provisioner`,
    {
      metadata: { name: `${kind}-provisioner`, namespace, labels },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            ...provisionerPod(kind, images),
            serviceAccountName: accounts.provisioner.metadata.name,
            topologySpreadConstraints: [
              {
                maxSkew: 1,
                topologyKey: "kubernetes.io/hostname",
                whenUnsatisfiable: "ScheduleAnyway",
                labelSelector: { matchLabels: labels },
              },
            ],
          },
        },
      },
    },
    opts,
  );
  new PodDisruptionBudget(
    `${name}-${kind}-provisioner`,
    {
      metadata: { name: `${kind}-provisioner`, namespace },
      spec: {
        maxUnavailable: 1,
        selector: { matchLabels: labels },
        unhealthyPodEvictionPolicy: "AlwaysAllow",
      },
    },
    { parent },
  );
  const node = new DaemonSet(
    `${name}-${kind}-node`,
    {
      metadata: { name: `${kind}-node`, namespace, labels: labelsOf("node") },
      spec: {
        selector: { matchLabels: labelsOf("node") },
        template: {
          metadata: { labels: labelsOf("node") },
          spec: { ...nodePod(kind, images), serviceAccountName: accounts.node.metadata.name },
        },
      },
    },
    opts,
  );
  return [provisioner, node];
}

type Rules = ReturnType<typeof nodeClusterRules>;

const subjectOf = ({ metadata: { name, namespace } }: ServiceAccount) => ({
  kind: "ServiceAccount",
  name,
  namespace,
});

/** Lets an account do something in all namespaces. */
function grantInCluster(name: string, account: ServiceAccount, rules: Rules, parent: pulumi.Resource) {
  const metadata = { name: pulumi.interpolate`${namespaceName}-${account.metadata.name}` };
  const role = new ClusterRole(name, { metadata, rules }, { parent });
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name };
  const binding = new ClusterRoleBinding(
    name,
    { metadata, roleRef, subjects: [subjectOf(account)] },
    { parent },
  );
  return [role, binding];
}

/** Lets an account do something in its own namespace. */
function grantInNamespace(name: string, account: ServiceAccount, rules: Rules, parent: pulumi.Resource) {
  const metadata = { name: account.metadata.name, namespace: account.metadata.namespace };
  const role = new Role(name, { metadata, rules }, { parent });
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name };
  const binding = new RoleBinding(name, { metadata, roleRef, subjects: [subjectOf(account)] }, { parent });
  return [role, binding];
}
