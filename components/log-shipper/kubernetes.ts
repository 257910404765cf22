import { createHash } from "node:crypto";
import { DaemonSet } from "@pulumi/kubernetes/apps/v1";
import { Namespace, Secret, ServiceAccount } from "@pulumi/kubernetes/core/v1";
import { type Provider } from "@pulumi/kubernetes/provider";
import { ClusterRole, ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";
import { type ImageName, imageReference, type ImageSources } from "../images";
import { dataPath, queueIn } from "./filebeat";
import { files, nodeConfig } from "./node-config";
import { type ShipperOutput } from "./output";
import { labels, shipperPod } from "./pod";
import { rules } from "./rules";

export interface KubernetesLogShipperArgs {
  /** Where its image comes from. */
  images: ImageSources;
  /** Where the lines go. */
  output: ShipperOutput;
  /** The field `stack` of each line. @default the stack's name */
  stack?: string;
  /** Data stream that they are kept in, TYPE-DATASET-NAMESPACE, such as logs-containers-prod. */
  dataStream: string;
  /** Directory on each node for queue and registry; no other shipper's. @default /var/lib/farmstack/log-shipper-pods */
  dataDirectory?: string;
  /** Most that is kept on each node's disk for a store that is down, MiB; at least 16. @default 1024 */
  queueMiB?: number;
  /** Most memory, MiB; Filebeat takes some 100. @default 256 */
  memoryMiB?: number;
  /** Name in images.ts. @default filebeat */
  image?: ImageName;
}

const name = "log-shipper";
const metadata = { name, namespace: name, labels };
const rbac = "rbac.authorization.k8s.io";

/**
 * Sends what all pods print to the log store, with the names of node, namespace, pod, container, service and stack: a
 * pod on each node reads the files that the kubelet has of them.
 * https://www.elastic.co/docs/reference/beats/filebeat/running-on-kubernetes
 */
export class KubernetesLogShipper extends pulumi.ComponentResource {
  /** Namespace that it runs in, its own. */
  public readonly namespace = name;
  /** What to type to see how much waits for the store on each node, with the cluster's kubeconfig. */
  public readonly heldCommand =
    `kubectl --namespace ${name} get pods --output name | ` +
    `xargs -I POD kubectl --namespace ${name} exec POD -- du -sh ${queueIn(dataPath)}`;
  /** What to type to see that it runs on all nodes. */
  public readonly healthCommand = `kubectl --namespace ${name} get daemonset,pods --output wide`;

  constructor(
    resource: string,
    args: KubernetesLogShipperArgs,
    opts: pulumi.ComponentResourceOptions & { provider: Provider },
  ) {
    super("farmstack:log-shipper:KubernetesLogShipper", resource, {}, opts);
    const { images, dataStream, stack = pulumi.getStack() } = args;
    const { queueMiB = 1024, memoryMiB = 256, image = "filebeat" } = args;
    const { dataDirectory = "/var/lib/farmstack/log-shipper-pods" } = args;
    if (queueMiB < 16)
      throw new pulumi.ResourceError(`${resource}: a queue has at least 16 MiB, not ${queueMiB}`, this);
    const child = { parent: this };

    // Privileged, as nothing less admits directories of the node: the logs are there, and the queue outlives its pod.
    const space = new Namespace(
      `${resource}-namespace`,
      { metadata: { name, labels: { ...labels, "pod-security.kubernetes.io/enforce": "privileged" } } },
      child,
    );
    const inSpace = { ...child, dependsOn: space };

    // What it may
    const account = new ServiceAccount(
      `${resource}-account`,
      { metadata, automountServiceAccountToken: false },
      inSpace,
    );
    const role = new ClusterRole(`${resource}-role`, { metadata: { name, labels }, rules }, child);
    const allowed = new ClusterRoleBinding(
      `${resource}-role-binding`,
      {
        metadata: { name, labels },
        roleRef: { apiGroup: rbac, kind: "ClusterRole", name: role.metadata.name },
        subjects: [{ kind: "ServiceAccount", name: account.metadata.name, namespace: name }],
      },
      child,
    );

    // What it is told. It has a password in it.
    const texts = pulumi.output(args.output).apply((output) => ({
      [files.config]: nodeConfig({ namespace: name, stack, dataStream, queueMiB, output }),
      [files.ca]: output.ca,
    }));
    const secret = new Secret(`${resource}-config`, { metadata, stringData: pulumi.secret(texts) }, inSpace);

    // Where it runs. Filebeat reads its configuration when it starts: another one makes other pods.
    new DaemonSet(
      `${resource}-pods`,
      {
        metadata,
        spec: {
          selector: { matchLabels: labels },
          updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
          template: {
            metadata: { labels, annotations: { "farmstack.config": pulumi.unsecret(texts.apply(checksum)) } },
            spec: shipperPod({
              image: imageReference(image, images),
              account: account.metadata.name,
              secret: secret.metadata.name,
              dataDirectory,
              memoryMiB,
            }),
          },
        },
      },
      { ...child, dependsOn: [space, allowed] },
    );

    this.registerOutputs({
      namespace: this.namespace,
      heldCommand: this.heldCommand,
      healthCommand: this.healthCommand,
    });
  }
}

/** It shows in the cluster; passwords are long random texts, which it does not tell. */
const checksum = (texts: Record<string, string>): string =>
  createHash("sha256").update(JSON.stringify(texts)).digest("hex");
