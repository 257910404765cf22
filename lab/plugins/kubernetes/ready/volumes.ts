import { type Check, type Surrounding } from "./readiness";

export const volume: Check = ({ status }) =>
  ["Available", "Bound"].includes(status?.phase)
    ? "ready"
    : { missing: [status?.message ?? "it is not available"] };

/** A claim is bound; unless its class binds with the first pod that uses it: then it only has to be there. */
export const claim: Check = async (live, around) => {
  if (live.status?.phase === "Bound") return "ready";
  if (live.status?.phase === "Pending" && (await bindsLater(live.spec.storageClassName, around)))
    return "ready";
  const { storageClassName, resources } = live.spec;
  return {
    missing: [
      `no volume of class "${storageClassName ?? ""}" with ${resources?.requests?.storage ?? "its size"} is bound to it`,
    ],
  };
};

async function bindsLater(name: string | undefined, { cluster }: Surrounding): Promise<boolean> {
  if (!name) return false;
  const found = await cluster.get({ apiVersion: "storage.k8s.io/v1", kind: "StorageClass", name });
  return found?.volumeBindingMode === "WaitForFirstConsumer";
}
