import { APIService } from "@pulumi/kubernetes/apiregistration/v1";
import { Deployment } from "@pulumi/kubernetes/apps/v1";
import { Service, ServiceAccount } from "@pulumi/kubernetes/core/v1";
import { type Provider } from "@pulumi/kubernetes/provider";
import { ClusterRole, ClusterRoleBinding, RoleBinding } from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";
import { imageReference, type ImageSources } from "../images";
import { labels, metricsPod } from "./pod";
import { rules } from "./rules";

export interface KubernetesMetricsArgs {
  /** Where its image comes from. */
  images: ImageSources;
  /**
   * Whether the kubelets' certificates are not checked. kubeadm's kubelets sign their own, unless they are told
   * otherwise (`serverTLSBootstrap`) and somebody approves what they ask for. @default false
   */
  kubeletInsecureTls?: boolean;
}

const name = "metrics-server";
const namespace = "kube-system";
const metadata = { name, namespace, labels };
const rbac = "rbac.authorization.k8s.io";

/**
 * The load of pods and nodes as the API `metrics.k8s.io`: what an autoscaler looks at, and `kubectl top` shows. It is
 * there when it has asked the nodes once. https://github.com/kubernetes-sigs/metrics-server
 */
export class KubernetesMetrics extends pulumi.ComponentResource {
  /** What to type to see that it works, with the cluster's kubeconfig. */
  public readonly healthCommand = "kubectl top nodes";

  constructor(
    resource: string,
    { images, kubeletInsecureTls = false }: KubernetesMetricsArgs,
    opts: pulumi.ComponentResourceOptions & { provider: Provider },
  ) {
    super("farmstack:kubernetes-metrics:KubernetesMetrics", resource, {}, opts);
    const child = { parent: this };

    // What it may
    const account = new ServiceAccount(
      `${resource}-account`,
      { metadata, automountServiceAccountToken: false },
      child,
    );
    const subjects = [{ kind: "ServiceAccount", name: account.metadata.name, namespace }];
    const clusterRole = new ClusterRole(`${resource}-role`, { metadata: { name, labels }, rules }, child);
    const allowed = [
      new ClusterRoleBinding(
        `${resource}-role-binding`,
        {
          metadata: { name, labels },
          roleRef: { apiGroup: rbac, kind: "ClusterRole", name: clusterRole.metadata.name },
          subjects,
        },
        child,
      ),
      // To find out who asks it: by the API server, and by the certificates that the API server vouches for.
      new ClusterRoleBinding(
        `${resource}-delegator-binding`,
        {
          metadata: { name: `${name}-delegator`, labels },
          roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "system:auth-delegator" },
          subjects,
        },
        child,
      ),
      new RoleBinding(
        `${resource}-reader-binding`,
        {
          metadata: { ...metadata, name: `${name}-reader` },
          roleRef: { apiGroup: rbac, kind: "Role", name: "extension-apiserver-authentication-reader" },
          subjects,
        },
        child,
      ),
    ];

    // Where it runs
    const deployment = new Deployment(
      `${resource}-deployment`,
      {
        metadata,
        spec: {
          replicas: 1,
          selector: { matchLabels: labels },
          strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
          template: {
            metadata: { labels },
            spec: {
              ...metricsPod(imageReference("metricsServer", images), kubeletInsecureTls),
              serviceAccountName: account.metadata.name,
            },
          },
        },
      },
      { ...child, dependsOn: allowed },
    );
    const service = new Service(
      `${resource}-service`,
      {
        metadata,
        spec: {
          selector: labels,
          ports: [{ name: "https", protocol: "TCP", port: 443, targetPort: "https" }],
        },
      },
      child,
    );

    // The API, once somebody answers: one without is an error in each list of what the cluster can do.
    new APIService(
      `${resource}-api`,
      {
        metadata: { name: "v1beta1.metrics.k8s.io", labels },
        spec: {
          group: "metrics.k8s.io",
          version: "v1beta1",
          service: { name: service.metadata.name, namespace },
          insecureSkipTLSVerify: true, // its certificate is a new one with each start
          groupPriorityMinimum: 100,
          versionPriority: 100,
        },
      },
      { ...child, dependsOn: deployment },
    );

    this.registerOutputs({ healthCommand: this.healthCommand });
  }
}
