import { openNamespaces } from "../exceptions";
import { isWorkload, namespaceOf, podOf } from "../pods";
import { isProps, listOf, type Planned, valueAt } from "../planned";
import { type StackRule } from "../rule";

/** A policy for all pods of its namespace that lets in nobody by itself. */
const deniesAll = ({ type, props }: Planned): boolean => {
  const selector = valueAt(props, "spec", "podSelector");
  return (
    type === "kubernetes:networking.k8s.io/v1:NetworkPolicy" &&
    isProps(selector) &&
    Object.keys(selector).length === 0 &&
    listOf(valueAt(props, "spec", "policyTypes")).includes("Ingress") &&
    listOf(valueAt(props, "spec", "ingress")).length === 0
  );
};

export const networkPolicy: StackRule = {
  name: "network-policy",
  description: "A namespace with pods has a policy that denies what no other allows.",
  level: "mandatory",
  checkAll: (resources) => {
    const closed = new Set(resources.filter(deniesAll).map(namespaceOf));
    const open = new Map<string, Planned>();
    for (const resource of resources.filter(isWorkload)) {
      const namespace = namespaceOf(resource);
      // Not known before the first up: it is checked then, and at every preview after it.
      if (typeof namespace !== "string" || closed.has(namespace) || openNamespaces[namespace]) continue;
      if (podOf(resource)?.hostNetwork === true) continue; // no policy reaches it
      if (!open.has(namespace)) open.set(namespace, resource);
    }
    return [...open].map(([namespace, { urn }]) => ({
      urn,
      message: `the namespace ${namespace} has pods and no NetworkPolicy that denies by default: make it a PlatformNamespace`,
    }));
  },
};
