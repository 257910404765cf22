import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as pulumi from "@pulumi/pulumi";
import { type RegistryAccess } from "../images";
import { type Environment, namespaceLabels } from "./labels";
import { type ContainerDefaults, limitRangeSpec, type NamespaceQuota, quotaSpec } from "./limits";
import { denyAll, dnsEgress } from "./policies";
import { createPullSecret } from "./pull-secret";

export interface PlatformNamespaceArgs {
  /** Name of the namespace, a DNS label. Another one is another namespace. @default the component's name */
  namespace?: string;
  /** What runs in it, as the label `environment`. */
  environment: Environment;
  /** Version of the cluster, such as 1.34.1: the rules of its minor version are enforced. @default the API server's own */
  kubernetesVersion?: string;
  /** The most that all pods and claims may have together. @default those of NamespaceQuota */
  quota?: Partial<NamespaceQuota>;
  /** What a container gets that says nothing about itself. @default those of ContainerDefaults */
  containers?: Partial<ContainerDefaults>;
  /** Registry whose login the namespace's pods need to be pulled. @default none: nodes pull without, or have one */
  registry?: RegistryAccess;
  /** Whether the namespace refuses to be deleted, with everything in it. @default true */
  protect?: boolean;
}

/**
 * A namespace that is safe by default: pods have to be `restricted`, have limits, reach nothing but the cluster's DNS,
 * are reached by nobody, and have no token of the API. What may be more is said by those who need it, with policies of
 * their own. https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export class PlatformNamespace extends pulumi.ComponentResource {
  /** Its name, known when it is there, with its policies and limits. */
  public readonly namespace: pulumi.Output<string>;
  /** What runs in it, as given. */
  public readonly environment: Environment;
  /** All labels of the namespace, Pod Security among them. */
  public readonly labels: Record<string, string>;

  constructor(name: string, args: PlatformNamespaceArgs, opts: pulumi.ComponentResourceOptions) {
    super("farmstack:namespace:PlatformNamespace", name, {}, opts);
    const { environment, kubernetesVersion, quota, containers, registry, protect = true } = args;
    this.environment = environment;
    this.labels = namespaceLabels(environment, kubernetesVersion);

    const namespace = new core.Namespace(
      `${name}-namespace`,
      { metadata: { name: args.namespace ?? name, labels: this.labels } },
      { parent: this, protect },
    ).metadata.name;
    const inside = (itsName: string) => ({ metadata: { name: itsName, namespace } });
    const child = { parent: this };
    const imagePullSecrets = createPullSecret(name, namespace, registry, child);

    const baseline: pulumi.Resource[] = [
      new core.ResourceQuota(`${name}-quota`, { ...inside("quota"), spec: quotaSpec(quota) }, child),
      new core.LimitRange(
        `${name}-defaults`,
        { ...inside("defaults"), spec: limitRangeSpec(containers) },
        child,
      ),
      new networking.NetworkPolicy(`${name}-deny-all`, { ...inside("deny-all"), spec: denyAll }, child),
      new networking.NetworkPolicy(`${name}-allow-dns`, { ...inside("allow-dns"), spec: dnsEgress }, child),
      // Kubernetes makes this account in every namespace, so that it can only be changed.
      new core.ServiceAccountPatch(
        `${name}-default-account`,
        { ...inside("default"), automountServiceAccountToken: false, ...imagePullSecrets },
        child,
      ),
    ];

    this.namespace = pulumi.output({ namespace, after: baseline.map(({ urn }) => urn) }).namespace;
    this.registerOutputs({
      namespace: this.namespace,
      environment: this.environment,
      labels: this.labels,
    });
  }
}
