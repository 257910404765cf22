import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { expandHome } from "../hosts/ssh";
import { type KubernetesAccess } from "./access";
import { KubernetesCluster, type KubernetesClusterArgs } from "./cluster";
import { serverOf } from "./kubeconfig";

/** A cluster that is there already. Throws when the file can't be read, or leads nowhere. */
export function existingCluster(kubeconfigFile: string): KubernetesAccess {
  const text = readFileSync(expandHome(kubeconfigFile), "utf8");
  return { kubeconfig: pulumi.secret(text), endpoint: pulumi.output(serverOf(text)) };
}

/** A cluster that is there already, one on the hosts, or none. */
export type KubernetesChoice = Omit<KubernetesClusterArgs, "version"> & {
  kubeconfigFile?: string;
  /** Needed for a cluster on the hosts. */
  version?: string;
};

/** The cluster that the stack's settings ask for; undefined when no host is in its control plane. */
export function kubernetesOf(
  name: string,
  { kubeconfigFile, version, ...args }: KubernetesChoice,
  opts?: pulumi.ComponentResourceOptions,
): KubernetesAccess | undefined {
  if (kubeconfigFile !== undefined) return existingCluster(kubeconfigFile);
  if (args.controlPlane.length === 0) return undefined;
  if (version === undefined) throw new Error(`${name}: a cluster on hosts needs a version`);
  return new KubernetesCluster(name, { ...args, version }, opts);
}
