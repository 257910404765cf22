import { expect, test } from "vitest";
import { compareObjects } from "../../../lab/plugins/kubernetes/compare";
import { type Properties, unknown } from "../../../lab/plugins/resource-type";

const kind = (apiVersion: string, name: string) => ({ apiVersion, kind: name });
const configMap = kind("v1", "ConfigMap");
const metadata = { name: "one", namespace: "web" };

/** What a change means: the differences as `path: what`, and whether the old one goes first. */
function compare(of: ReturnType<typeof kind>, before: Properties, after: Properties, settings = {}) {
  const olds = { inputs: { metadata, ...before }, state: { metadata: { ...metadata, uid: "u" } } };
  const news = { metadata, ...after };
  const { differences, deleteBeforeReplace } = compareObjects(of, olds, news, {
    defaultNamespace: "default",
    ...settings,
  });
  return {
    found: differences.map(
      ({ path, kind, change }) => `${path}: ${kind}${change === "replace" ? " replaces" : ""}`,
    ),
    deleteBeforeReplace,
  };
}

test("nothing changed", () => {
  const inputs = { data: { a: "1", b: "2" } };
  expect(compare(configMap, inputs, { data: { b: "2", a: "1" } })).toEqual({
    found: [],
    deleteBeforeReplace: false,
  });
});

test("single fields, with the paths of Pulumi", () => {
  const spec = (image: string, labels: Properties) => ({
    spec: { template: { metadata: { labels }, spec: { containers: [{ name: "c", image }] } } },
  });
  expect(
    compare(
      kind("apps/v1", "Deployment"),
      spec("i:1", { "a.b/c": "1", x: "1" }),
      spec("i:2", { "a.b/c": "2" }),
    ).found,
  ).toEqual([
    'spec.template.metadata.labels["a.b/c"]: update',
    "spec.template.metadata.labels.x: delete",
    "spec.template.spec.containers[0].image: update",
  ]);
});

test("data of a ConfigMap replaces it, unless it is mutable and not frozen", () => {
  const change = [{ data: { a: "1" } }, { data: { a: "2" } }] as const;
  expect(compare(configMap, ...change).found).toEqual(["data.a: update replaces"]);
  expect(compare(configMap, ...change, { enableConfigMapMutable: true }).found).toEqual(["data.a: update"]);
  const frozen = { data: { a: "2" }, immutable: true };
  expect(compare(configMap, change[0], frozen, { enableConfigMapMutable: true }).found).toEqual([
    "data.a: update replaces",
    "immutable: add",
  ]);
});

test("data of a Secret replaces it, unless it is mutable; its type does in any case", () => {
  const secret = kind("v1", "Secret");
  const change = [{ data: { a: "1" } }, { data: { a: unknown } }] as const;
  expect(compare(secret, ...change).found).toEqual(["data.a: update replaces"]);
  expect(compare(secret, ...change, { enableSecretMutable: true }).found).toEqual(["data.a: update"]);
  expect(compare(secret, { type: "a" }, { type: "b" }, { enableSecretMutable: true }).found).toEqual([
    "type: update replaces",
  ]);
});

test.each<[apiVersion: string, name: string, before: Properties, after: Properties, found: string]>([
  ["batch/v1", "Job", { template: { a: 1 } }, { template: { a: 2 } }, "spec.template.a: update replaces"],
  ["batch/v1", "Job", { backoffLimit: 1 }, { backoffLimit: 2 }, "spec.backoffLimit: update"],
  [
    "apps/v1",
    "Deployment",
    { selector: { matchLabels: { a: "1" } } },
    { selector: { matchLabels: { a: "2" } } },
    "spec.selector.matchLabels.a: update replaces",
  ],
  ["apps/v1", "StatefulSet", { serviceName: "a" }, { serviceName: "b" }, "spec.serviceName: update replaces"],
  ["apps/v1", "StatefulSet", { replicas: 1 }, { replicas: 2 }, "spec.replicas: update"],
  ["v1", "Service", { clusterIP: "a" }, { clusterIP: "b" }, "spec.clusterIP: update replaces"],
  ["v1", "Service", { type: "NodePort" }, { type: "ClusterIP" }, "spec.type: update"],
  ["v1", "PersistentVolumeClaim", {}, { storageClassName: "a" }, "spec.storageClassName: add replaces"],
  [
    "v1",
    "PersistentVolumeClaim",
    { resources: { requests: { storage: "1Gi" } } },
    { resources: { requests: { storage: "2Gi" } } },
    "spec.resources.requests.storage: update",
  ],
  [
    "v1",
    "Pod",
    { containers: [{ image: "a" }] },
    { containers: [{ image: "b" }] },
    "spec.containers[0].image: update replaces",
  ],
  [
    "v1",
    "Pod",
    { containers: [{}] },
    { containers: [{}, { image: "b" }] },
    "spec.containers[1]: add replaces",
  ],
])("%s %s: %j => %j", (apiVersion, name, before, after, found) => {
  expect(compare(kind(apiVersion, name), { spec: before }, { spec: after }).found).toEqual([found]);
});

test("another name or namespace replaces", () => {
  const other = (changes: Properties) => compare(configMap, {}, { metadata: { ...metadata, ...changes } });
  expect(other({ name: "two" })).toEqual({
    found: ["metadata.name: update replaces"],
    deleteBeforeReplace: false,
  });
  expect(other({ namespace: "shop" })).toEqual({
    found: ["metadata.namespace: update replaces"],
    deleteBeforeReplace: false,
  });
});

test("the old one goes first when the new one has its given name", () => {
  const change = [{ data: { a: "1" } }, { data: { a: "2" } }] as const;
  expect(compare(configMap, ...change).deleteBeforeReplace).toBe(true);
  const annotated = {
    metadata: { ...metadata, annotations: { "pulumi.com/autonamed": "true" } },
    data: { a: "2" },
  };
  expect(compare(configMap, change[0], annotated).deleteBeforeReplace).toBe(false);
});

test("a namespace that is not given is the default one; a kind without namespaces has none", () => {
  const at = (namespace: string | undefined, old: string | undefined, given: string | undefined) =>
    compareObjects(
      kind("example.com/v1", "Box"),
      { inputs: { metadata: { name: "n", namespace: old } }, state: { metadata: { name: "n", namespace } } },
      { metadata: { name: "n", namespace: given } },
      { defaultNamespace: "default" },
    ).differences.length;
  expect(at("default", "default", undefined)).toBe(0);
  expect(at("default", undefined, "default")).toBe(0);
  expect(at(undefined, "default", undefined)).toBe(0);
  expect(at("web", "web", undefined)).toBe(1);
});

test("metadata that is not known yet replaces", () => {
  expect(compare(configMap, {}, { metadata: unknown }).found).toEqual(["metadata: update replaces"]);
});
