import { type KubernetesObject } from "../cluster";
import { type Check } from "./readiness";

/** Milliseconds after which a service that leads to no pod counts as meant so. */
const settleTime = 10_000;

/**
 * A load balancer has to have its address, and the pods that the service selects have to be ready. A service that
 * selects none is left alone after a moment: its pods may depend on it.
 */
export const service: Check = async (live, { cluster, ref, age }) => {
  const { type, clusterIP, selector = {} } = live.spec;
  if (type === "LoadBalancer" && !live.status?.loadBalancer?.ingress?.length)
    return { missing: ["it was given no address: is there a load balancer for this cluster?"] };
  if (type === "ExternalName" || clusterIP === "None" || Object.keys(selector).length === 0) return "ready";
  const slices = await cluster.list(
    { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice" },
    ref.namespace,
    {
      labels: `kubernetes.io/service-name=${ref.name}`,
    },
  );
  const endpoints: KubernetesObject[] = slices.flatMap((slice) => slice.endpoints ?? []);
  const pending = endpoints.filter(
    ({ conditions }) => conditions?.ready === false && !conditions.terminating,
  );
  if (pending.length > 0)
    return { missing: pending.map(({ targetRef }) => `pod ${targetRef?.name ?? "of it"} is not ready`) };
  return endpoints.length > 0 || age > settleTime
    ? "ready"
    : { missing: ["it leads to no pod: none is ready, or none has the labels of spec.selector"] };
};
