import { type Context, type Fault, type Properties, unknown } from "../resource-type";
import { isAnnotated, refusedAnnotations } from "./annotations";
import { type Cluster } from "./cluster";
import { isNamespaced, type Kind } from "./kind";
import { named } from "./naming";
import { normalizedSecret } from "./secret-data";

/** Fields of metadata that only the API server writes. */
const readOnly = [
  ...["creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation", "managedFields"],
  ...["resourceVersion", "uid"],
];

/** The inputs as they are kept: with kind, name and namespace, without what says nothing; and what is wrong with them. */
export async function examined(
  kind: Kind,
  given: Properties,
  olds: Properties,
  { name }: Pick<Context, "name">,
  connect: () => Cluster,
): Promise<{ inputs: Properties; faults: Fault[] }> {
  const inputs = normalizedSecret(kind, withoutNulls(given) as Properties);
  const complete: Properties = { ...withoutReadOnly(inputs), apiVersion: kind.apiVersion, kind: kind.kind };
  if (complete.metadata === unknown) return { inputs: complete, faults: [] };
  const metadata: Properties = complete.metadata;
  const faults = faultsIn(inputs, metadata);
  if (faults.length > 0) return { inputs: complete, faults };

  const inNamespace = isNamespaced(kind) ?? (await askedScope(kind, connect()));
  if (!inNamespace) delete metadata.namespace;
  else metadata.namespace ??= connect().defaultNamespace;
  return { inputs: { ...complete, metadata: named(metadata, olds, name) }, faults: [] };
}

/** Of a custom resource whose definition cannot be seen yet nobody knows: its creation finds out. */
const askedScope = async (kind: Kind, cluster: Cluster): Promise<boolean> =>
  (await cluster.isNamespaced(kind).catch(() => undefined)) ?? true;

/** The object without what only the API server writes. */
export function withoutReadOnly({ metadata, ...others }: Properties): Properties {
  delete others.status;
  if (metadata === unknown) return { ...others, metadata };
  const written = Object.entries(metadata ?? {}).filter(([field]) => !readOnly.includes(field));
  return { ...others, metadata: Object.fromEntries(written) };
}

function faultsIn(inputs: Properties, metadata: Properties): Fault[] {
  const faults = refusedAnnotations
    .filter((annotation) => isAnnotated(inputs, annotation))
    .map((annotation) => ({
      property: `metadata.annotations["${annotation}"]`,
      reason: "is not known to the lab's stand-in for kubernetes",
    }));
  if ("generateName" in metadata)
    faults.push({
      property: "metadata.generateName",
      reason: "cannot be had with server-side apply; leave the name out",
    });
  return faults;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .map(([key, inner]) => [key, withoutNulls(inner)]),
  );
}
