import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { expandHome } from "../hosts/ssh";
import { serverOf } from "./kubeconfig";

/** What other components need of a cluster, whoever made it. */
export interface KubernetesAccess {
  /** The administrator's kubeconfig, a secret. */
  readonly kubeconfig: pulumi.Output<string>;
  /** URL of the API. */
  readonly endpoint: pulumi.Output<string>;
}

/** A cluster that is there already. Throws when the file can't be read, or leads nowhere. */
export function existingCluster(kubeconfigFile: string): KubernetesAccess {
  const text = readFileSync(expandHome(kubeconfigFile), "utf8");
  return { kubeconfig: pulumi.secret(text), endpoint: pulumi.output(serverOf(text)) };
}
