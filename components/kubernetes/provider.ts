import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { type KubernetesAccess } from "./access";
import { contextOf } from "./kubeconfig";

/**
 * The provider for objects in a cluster. Only its own kubeconfig and context count, never those of the operator's
 * machine. Objects are known to be in the same cluster by the API's address: another certificate, another authority or
 * another name in the kubeconfig updates the provider, another address replaces everything that is in the cluster.
 *
 * A plan needs no cluster: as long as the kubeconfig is not known, objects are planned as they are declared.
 *
 * ConfigMaps and Secrets change in place, as kubectl does it. Pods that read theirs only at the start have to be told, by
 * an annotation that changes with the content.
 */
export function kubernetesProvider(
  name: string,
  { kubeconfig, endpoint }: KubernetesAccess,
  opts?: pulumi.ResourceOptions,
): Provider {
  return new Provider(
    `${name}-objects`,
    {
      kubeconfig,
      context: pulumi.unsecret(kubeconfig.apply(contextOf)), // its name is no secret
      clusterIdentifier: endpoint,
      enableServerSideApply: true,
      enableConfigMapMutable: true,
      enableSecretMutable: true,
    },
    opts,
  );
}
