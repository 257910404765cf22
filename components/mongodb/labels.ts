/** What of a database a pod is. */
export type Part = "server" | "setup" | "backup";

/** Labels of a pod, by which policies know it too. */
export const partLabels = (name: string, engine: string, part: Part): Record<string, string> => ({
  "app.kubernetes.io/name": engine,
  "app.kubernetes.io/instance": name,
  "app.kubernetes.io/component": part,
});

/** What tells a part of this database from all other pods of the namespace, whatever the engine. */
export const selectorOf = (name: string, part: Part): Record<string, string> => ({
  "app.kubernetes.io/instance": name,
  "app.kubernetes.io/component": part,
});

/** The label that lets a pod reach this database. */
export const clientLabelsOf = (name: string): Record<string, string> => ({
  [`farmstack.client-of.${name}`]: "true",
});
