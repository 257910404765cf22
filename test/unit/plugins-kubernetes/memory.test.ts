import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { kubernetesPlugin } from "../../../lab/plugins/kubernetes";
import { inMemory } from "../../../lab/plugins/memory";
import { changeWorld, readWorld } from "../../../lab/plugins/memory/world";
import { InitializationFailed, type ResourceType } from "../../../lab/plugins/resource-type";
import { context } from "../plugins/context";
import { kubeconfigFor } from "./fake-api-server";

let file: string;
beforeEach(() => (file = join(mkdtempSync(join(tmpdir(), "world-")), "world.json")));

const type = (token: string): ResourceType => inMemory(kubernetesPlugin, file).typeOf!(`kubernetes:${token}`);
const around = (name = "thing") =>
  context({ name, config: { kubeconfig: kubeconfigFor("https://10.77.0.11:6443") } });
const objects = () => readWorld(file).clusters["10.77.0.11"];

async function make(token: string, given: object, name?: string) {
  const { inputs } = await type(token).examine!(given, {}, around(name));
  return { inputs, ...(await type(token).create(inputs, around(name))) };
}

test("objects are in their cluster, found again, changed and deleted, and the log knows", async () => {
  await make("core/v1:Namespace", { metadata: { name: "web" } }, "ns");
  const { inputs, id, outputs } = await make("core/v1:ConfigMap", {
    metadata: { namespace: "web" },
    data: { a: "1" },
  });
  const configMap = type("core/v1:ConfigMap");
  expect((await configMap.read!(id, outputs, around(), inputs))!.inputs).toEqual(inputs);
  changeWorld(file, ({ clusters }) => (clusters["10.77.0.11"]![1]!.data.a = "9"));
  expect((await configMap.read!(id, outputs, around(), inputs))!.inputs.data).toEqual({ a: "9" });
  expect(await configMap.update!(id, outputs, inputs, around())).toMatchObject({
    data: { a: "1" },
    metadata: { uid: outputs.metadata.uid, generation: 2 },
  });
  await type("core/v1:Namespace").delete!("web", {}, around());
  expect(objects()).toEqual([]);
  expect(await configMap.read!(id, outputs, around(), inputs)).toBeUndefined();
  expect(readWorld(file).log).toMatchObject([
    { operation: "create", name: "ns", host: "10.77.0.11" },
    { operation: "create", type: "kubernetes:core/v1:ConfigMap" },
    { operation: "update" },
    { operation: "delete" },
  ]);
});

test("a name is taken, a custom resource has the scope of its definition", async () => {
  const given = { metadata: { name: "one" } };
  await make("core/v1:ConfigMap", given);
  await expect(make("core/v1:ConfigMap", given)).rejects.toThrow("ConfigMap default/one is there already");
  const spec = { group: "example.com", scope: "Cluster", names: { kind: "Box" } };
  await make("apiextensions.k8s.io/v1:CustomResourceDefinition", { metadata: { name: "boxes" }, spec });
  expect((await make("example.com/v1:Box", { metadata: { name: "b" } })).id).toBe("b");
});

test("a workload that fails after its creation is there, and reported as unhealthy", async () => {
  changeWorld(file, (world) => world.faults.push({ operation: "create", when: "after", action: "fail" }));
  const failed = await make("apps/v1:Deployment", { metadata: { name: "front" }, spec: {} }).catch(
    (error) => error,
  );
  expect(failed).toBeInstanceOf(InitializationFailed);
  expect(failed.id).toBe("default/front");
  expect(objects()).toHaveLength(1);
});

test("what the stand-in refuses, it refuses in memory too", () => {
  expect(() => type("helm.sh/v3:Release")).toThrow("does not have kubernetes:helm.sh/v3:Release");
});

test("a patch sets fields of what others made, makes what is not there, and leaves the object when it goes", async () => {
  await make("core/v1:Namespace", { metadata: { name: "web" } }, "ns");
  const metadata = { name: "default", namespace: "web" };
  const patch = type("core/v1:ServiceAccountPatch");
  const { faults } = await patch.examine!({ metadata: { namespace: "web" } }, {}, around());
  expect(faults).toMatchObject([{ property: "metadata.name" }]);

  const made = await make("core/v1:ServiceAccountPatch", { metadata, automountServiceAccountToken: false });
  expect(made.id).toBe("web/default");
  expect(objects()![1]).toMatchObject({
    kind: "ServiceAccount",
    metadata,
    automountServiceAccountToken: false,
  });
  expect((await patch.read!(made.id, made.outputs, around(), made.inputs))!.inputs).toEqual(made.inputs);
  await make("core/v1:ServiceAccountPatch", { metadata, imagePullSecrets: [{ name: "registry" }] });
  expect(objects()![1]).toMatchObject({ automountServiceAccountToken: false });

  await patch.delete!(made.id, made.outputs, around());
  expect(objects()).toHaveLength(2);
  changeWorld(file, ({ clusters }) => clusters["10.77.0.11"]!.splice(1));
  await patch.delete!(made.id, made.outputs, around());
  expect(objects()).toHaveLength(1);
});
