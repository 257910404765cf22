import type * as pulumi from "@pulumi/pulumi";

/** What other components need of a cluster, whoever made it. */
export interface KubernetesAccess {
  /** The administrator's kubeconfig, a secret. */
  readonly kubeconfig: pulumi.Output<string>;
  /** URL of the API. */
  readonly endpoint: pulumi.Output<string>;
  /** Names of all nodes, control planes first; undefined for a cluster that was there already. */
  readonly nodes?: string[];
  /** Version that the stack asks for; undefined for a cluster that was there already. */
  readonly version?: string;
  /** What to type to see the nodes; undefined for a cluster that was there already. */
  readonly healthCommand?: string;
}
