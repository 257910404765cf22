import { type KubernetesObject } from "./cluster";

/** Those that are known: in a preview, all of them together may be a text that says "unknown". */
function of(object: KubernetesObject): Record<string, unknown> {
  const annotations = object.metadata?.annotations;
  return typeof annotations === "object" && annotations !== null ? annotations : {};
}

export const autoNamed = "pulumi.com/autonamed";

/** Annotations of the official plugin that this one would have to ignore. */
export const refusedAnnotations = [
  "pulumi.com/waitFor",
  "pulumi.com/replaceUnready",
  "pulumi.com/patchFieldManager",
];

export const has = (object: KubernetesObject, annotation: string): boolean =>
  of(object)[annotation] === "true";

export const isAnnotated = (object: KubernetesObject, annotation: string): boolean =>
  annotation in of(object);

/** How long the program lets the object take to become ready or to go, in milliseconds; undefined: it does not say. */
export function timeoutOf(object: KubernetesObject): number | undefined {
  const seconds = Number(of(object)["pulumi.com/timeoutSeconds"]);
  return seconds > 0 ? seconds * 1000 : undefined;
}

/** Kubernetes' word for what happens to the objects that this one owns. @default Foreground, as officially */
export function deletionPropagation(object: KubernetesObject): string {
  const given = String(of(object)["pulumi.com/deletionPropagationPolicy"] ?? "").toLowerCase();
  return { orphan: "Orphan", background: "Background" }[given] ?? "Foreground";
}
