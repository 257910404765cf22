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
  delete inputs.status; // an output, whoever gives it
  const complete = { ...inputs, apiVersion: kind.apiVersion, kind: kind.kind };
  if (inputs.metadata === unknown) return { inputs: complete, faults: [] };
  const metadata: Properties = { ...inputs.metadata };
  for (const field of readOnly) delete metadata[field];
  const faults = faultsIn(inputs, metadata);
  if (faults.length > 0) return { inputs: complete, faults };

  // Of a custom resource whose definition is not there yet nobody knows; its creation finds out.
  const inNamespace =
    isNamespaced(kind) ??
    (await connect()
      .isNamespaced(kind)
      .catch(() => undefined)) ??
    true;
  if (!inNamespace) delete metadata.namespace;
  else metadata.namespace ??= connect().defaultNamespace;
  return { inputs: { ...complete, metadata: named(metadata, olds, name) }, faults: [] };
}

function faultsIn(inputs: Properties, metadata: Properties): Fault[] {
  const generated = "generateName" in metadata;
  return [
    ...(generated
      ? [
          {
            property: "metadata.generateName",
            reason: "cannot be had with server-side apply; leave the name out",
          },
        ]
      : []),
    ...refusedAnnotations
      .filter((annotation) => isAnnotated(inputs, annotation))
      .map((annotation) => ({
        property: `metadata.annotations["${annotation}"]`,
        reason: "is not known to the lab's stand-in for kubernetes",
      })),
  ];
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
