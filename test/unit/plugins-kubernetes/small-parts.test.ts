import { expect, test } from "vitest";
import { withDashes, withUnderscores } from "../../../lab/plugins/kubernetes/definition-keys";
import { handOver } from "../../../lab/plugins/kubernetes/field-managers";
import { foreseenCreation, foreseenUpdate } from "../../../lab/plugins/kubernetes/foresee";
import { isNamespaced, isPatch, kindOf, refOf } from "../../../lab/plugins/kubernetes/kind";
import { named } from "../../../lab/plugins/kubernetes/naming";
import { liveInputs } from "../../../lab/plugins/kubernetes/prune";
import { equalQuantities } from "../../../lab/plugins/kubernetes/quantity";
import { normalizedSecret } from "../../../lab/plugins/kubernetes/secret-data";
import { unknown } from "../../../lab/plugins/resource-type";

const secret = { apiVersion: "v1", kind: "Secret" };

test("tokens and what they stand for", () => {
  expect(kindOf("kubernetes:core/v1:ConfigMap")).toEqual({ apiVersion: "v1", kind: "ConfigMap" });
  expect(kindOf("kubernetes:apps/v1:Deployment")).toEqual({ apiVersion: "apps/v1", kind: "Deployment" });
  expect(kindOf("kubernetes:example.com/v1:BoxList")).toEqual({
    apiVersion: "example.com/v1",
    kind: "BoxList",
  });
});

test.each([
  "kubernetes:helm.sh/v3:Release",
  "kubernetes:helm.sh/v4:Chart",
  "kubernetes:yaml:ConfigFile",
  "kubernetes:yaml/v2:ConfigGroup",
  "kubernetes:kustomize/v2:Directory",
  "kubernetes:core/v1:ConfigMapList",
])("%s is refused by name", (token) => {
  expect(() => kindOf(token)).toThrow(`the lab's stand-in for kubernetes does not have ${token}: `);
});

test("a patch is of the kind of what it patches; a custom resource may be called so", () => {
  expect(isPatch("kubernetes:core/v1:ConfigMapPatch")).toBe(true);
  expect(kindOf("kubernetes:core/v1:ConfigMapPatch")).toEqual({ apiVersion: "v1", kind: "ConfigMap" });
  expect(isPatch("kubernetes:core/v1:ConfigMap")).toBe(false);
  expect(isPatch("kubernetes:example.com/v1:RoadPatch")).toBe(false);
  expect(kindOf("kubernetes:example.com/v1:RoadPatch").kind).toBe("RoadPatch");
});

test("namespaces of kinds, and ids", () => {
  expect(isNamespaced(kindOf("kubernetes:core/v1:Secret"))).toBe(true);
  expect(isNamespaced(kindOf("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"))).toBe(false);
  expect(isNamespaced(kindOf("kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshot"))).toBeUndefined();
  expect(refOf(secret, "web/pw")).toEqual({ ...secret, namespace: "web", name: "pw" });
  expect(refOf(secret, "pw")).toEqual({ ...secret, name: "pw" });
});

test("names: given, made up, and kept while they are made up", () => {
  expect(named({ name: "a" }, {}, "thing")).toEqual({ name: "a" });
  const made = named({ labels: {} }, {}, "thing");
  expect(made.name).toMatch(/^thing-[0-9a-f]{8}$/);
  expect(made.annotations).toEqual({ "pulumi.com/autonamed": "true" });
  expect(named({}, { metadata: made }, "thing").name).toBe(made.name);
  expect(named({}, { metadata: { name: "given" } }, "thing").name).toMatch(/^thing-/);
  expect(named({ annotations: unknown }, {}, "thing").annotations).toBe(unknown);
});

test("quantities", () => {
  expect(equalQuantities("1000m", "1")).toBe(true);
  expect(equalQuantities("1024Mi", "1Gi")).toBe(true);
  expect(equalQuantities(2, "2000m")).toBe(true);
  expect(equalQuantities("1.5", "1500m")).toBe(true);
  expect(equalQuantities("1G", "1Gi")).toBe(false);
  expect(equalQuantities("one", "one")).toBe(false);
});

test("the inputs that a live object shows: its own values, in the inputs' way of writing", () => {
  const limits = { cpu: "1000m" };
  const container = { name: "c", image: "i:1", resources: { limits }, stdin: false, args: [] };
  const inputs = {
    metadata: { name: "n", labels: { a: "1" } },
    spec: { replicas: 2, containers: [container] },
  };
  const seen = { name: "c", image: "i:1", resources: { limits: { cpu: "1" } }, imagePullPolicy: "Always" };
  const live = {
    metadata: { name: "n", labels: { a: "1", other: "x" }, uid: "u" },
    spec: { replicas: 2, containers: [seen, { name: "sidecar" }] },
    status: {},
  };
  expect(liveInputs(live, inputs)).toEqual(inputs);

  live.spec.replicas = 3;
  live.metadata.labels = { other: "x" } as never;
  seen.resources.limits.cpu = "2";
  const drifted = liveInputs(live, inputs);
  expect(drifted.spec.replicas).toBe(3);
  expect(drifted.metadata.labels).toEqual({});
  expect(drifted.spec.containers[0].resources.limits.cpu).toBe("2");
});

test("a secret's texts are its data, in plain Base64", () => {
  const given = { type: "Opaque", data: { a: "YQ==\n" }, stringData: { b: "b" } };
  expect(normalizedSecret(secret, given)).toEqual({ type: "Opaque", data: { a: "YQ==", b: "Yg==" } });
  expect(normalizedSecret(secret, { stringData: { b: unknown } })).toEqual({ data: { b: unknown } });
  expect(normalizedSecret(secret, { stringData: unknown })).toEqual({ data: unknown });
  expect(normalizedSecret(secret, { type: "x" })).toEqual({ type: "x" });
  expect(normalizedSecret({ apiVersion: "v1", kind: "ConfigMap" }, given)).toBe(given);
});

test("keys of definitions, there and back; other kinds keep theirs", () => {
  const definition = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" };
  const inputs = { spec: { versions: [{ x_kubernetes_int_or_string: true }] } };
  const dashed = { spec: { versions: [{ "x-kubernetes-int-or-string": true }] } };
  expect(withDashes(definition, inputs)).toEqual(dashed);
  expect(withUnderscores(definition, dashed)).toEqual(inputs);
  expect(withDashes(secret, inputs)).toBe(inputs);
});

test("fields of the creation and of kubectl go over to the manager; those of others stay", () => {
  const entry = (manager: string, operation: string, fieldsV1: object, more = {}) => ({
    ...{ manager, operation, apiVersion: "v1", fieldsType: "FieldsV1", fieldsV1 },
    ...more,
  });
  const hpa = entry("hpa", "Update", { "f:spec": {} });
  const scaled = entry("kubectl", "Update", { "f:spec": {} }, { subresource: "scale" });
  const live = (managedFields: object[]) => ({
    apiVersion: "v1",
    metadata: { resourceVersion: "7", managedFields },
  });
  const operations = handOver(
    live([
      entry("pulumi-kubernetes", "Update", { "f:data": { "f:a": {} } }),
      entry("kubectl-edit", "Update", { "f:data": { "f:b": {} } }),
      entry("pulumi-kubernetes-other", "Apply", {}),
      entry("mine", "Apply", { "f:data": { "f:c": {} } }),
      hpa,
      scaled,
    ]),
    "mine",
  );
  expect(operations).toEqual([
    {
      op: "replace",
      path: "/metadata/managedFields",
      value: [
        entry("pulumi-kubernetes-other", "Apply", {}),
        hpa,
        scaled,
        entry("mine", "Apply", { "f:data": { "f:a": {}, "f:b": {}, "f:c": {} } }),
      ],
    },
    { op: "replace", path: "/metadata/resourceVersion", value: "7" },
  ]);
  expect(handOver(live([hpa, scaled]), "mine")).toEqual([]);
});

test("previews: a service's address is unknown, an update keeps what only the API server knows", () => {
  const service = { apiVersion: "v1", kind: "Service" };
  expect(foreseenCreation(service, { spec: { ports: [] } }).spec).toEqual({ clusterIP: unknown, ports: [] });
  expect(foreseenCreation(service, { spec: { clusterIP: "None" } }).spec).toEqual({ clusterIP: "None" });
  const inputs = { spec: { a: 1, b: 1, list: [1] } };
  const state = { spec: { a: 1, b: 1, list: [1], clusterIP: "10.0.0.1" }, status: {} };
  expect(foreseenUpdate({ inputs, state }, { spec: { a: unknown, list: [2] } })).toEqual({
    spec: { a: unknown, list: [2], clusterIP: "10.0.0.1" },
    status: {},
  });
});
