import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { diffInputs } from "../provider/diff";
import { type Difference, type Fault, type Properties, unknown } from "../resource-type";

/** The settings that this stand-in takes. */
export const settingNames = [
  "kubeconfig",
  "context",
  "cluster",
  "clusterIdentifier",
  "namespace",
  "enableServerSideApply",
  "enableConfigMapMutable",
  "enableSecretMutable",
  "enablePatchForce",
  "deleteUnreachable",
  "skipUpdateUnreachable",
  "suppressDeprecationWarnings",
  "suppressHelmHookWarnings",
];

/** What is wrong with the provider's settings. A kubeconfig that is not known yet is as good as any. */
export function checkSettings(config: Properties): Fault[] {
  const faults: Fault[] = [];
  if (!config.kubeconfig)
    faults.push({
      property: "kubeconfig",
      reason: "the lab's stand-in for kubernetes needs one, as text or as a path; it takes no ambient one",
    });
  if (String(config.enableServerSideApply ?? true) === "false")
    faults.push({
      property: "enableServerSideApply",
      reason: "the lab's stand-in for kubernetes knows server-side apply only",
    });
  if (faults.length === 0 && isKnown(config)) {
    try {
      kubeConfigOf(config);
    } catch (error) {
      faults.push({ property: "kubeconfig", reason: (error as Error).message });
    }
  }
  return faults;
}

/**
 * A kubeconfig that leads to another cluster replaces the provider, and with it everything in it: unless
 * `clusterIdentifier` says that it is the same cluster.
 */
export function diffSettings(olds: Properties, news: Properties): Difference[] {
  const differences = diffInputs({ inputs: {} }, olds, news);
  const [before, after] = [olds.clusterIdentifier, news.clusterIdentifier];
  const isSame = after !== undefined && before === after;
  const isOther = after !== undefined && before !== undefined && before !== after;
  const replaces = (property: string): boolean => {
    if (isSame) return false;
    if (property === "clusterIdentifier") return isOther;
    return ["kubeconfig", "context", "cluster"].includes(property) && leadsElsewhere(olds, news);
  };
  return differences.map((difference) => ({
    ...difference,
    change: replaces(difference.property) ? "replace" : "update",
  }));
}

const isKnown = ({ kubeconfig, context, cluster }: Properties) =>
  ![kubeconfig, context, cluster].includes(unknown);

/** What is not known yet may be anything. Two that cannot be read are left to the run that uses them. */
function leadsElsewhere(olds: Properties, news: Properties): boolean {
  if (!isKnown(news)) return true;
  try {
    return !isDeepStrictEqual(clusterEntry(olds), clusterEntry(news));
  } catch {
    return false;
  }
}

const clusterEntry = (config: Properties) => ({ ...kubeConfigOf(config).getCurrentCluster(), name: "" });

/**
 * The kubeconfig that the settings mean: text or a file, with `context` and `cluster` in the place of its own.
 * Throws a message that says what is there instead.
 */
export function kubeConfigOf(config: Properties): KubeConfig {
  const found = new KubeConfig();
  const text = kubeconfigText(config.kubeconfig);
  try {
    found.loadFromString(text);
  } catch {
    throw new Error("is neither a file that can be read nor the text of a kubeconfig"); // it may hold secrets
  }
  if (config.context) found.setCurrentContext(config.context);
  const contexts = found.getContexts().map(({ name }) => name);
  const current = found.getContextObject(found.getCurrentContext());
  if (!current)
    throw new Error(`has no context "${found.getCurrentContext()}"; it has ${contexts.join(", ") || "none"}`);
  const cluster: string = config.cluster ?? current.cluster;
  if (!found.getCluster(cluster)) throw new Error(`has no cluster "${cluster}"`);
  if (cluster !== current.cluster) {
    found.addContext({ ...current, name: "with-other-cluster", cluster });
    found.setCurrentContext("with-other-cluster");
  }
  return found;
}

function kubeconfigText(kubeconfig: unknown): string {
  if (typeof kubeconfig !== "string") return JSON.stringify(kubeconfig);
  const path = kubeconfig.startsWith("~/") ? join(homedir(), kubeconfig.slice(2)) : kubeconfig;
  return !path.includes("\n") && existsSync(path) ? readFileSync(path, "utf8") : kubeconfig;
}
