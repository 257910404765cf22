import { type KubernetesObject } from "../cluster";

/** What holds back the deletion of an object, as the end of a sentence. */
export function leftovers({ metadata, spec, status }: KubernetesObject): string {
  const finalizers: string[] = [...(metadata.finalizers ?? []), ...(spec?.finalizers ?? [])];
  const conditions: KubernetesObject[] = metadata.deletionTimestamp ? (status?.conditions ?? []) : [];
  const remaining = conditions
    .filter(({ type, status: is }) => /Remaining|Failure/.test(type) && is === "True")
    .map(({ message }) => message as string);
  const parts = [...(finalizers.length > 0 ? [`finalizers ${finalizers.join(", ")}`] : []), ...remaining];
  return parts.length > 0 ? `: ${parts.join("; ")}` : "";
}
