import { afterEach, beforeEach, expect, test } from "vitest";
import { kindOf } from "../../../lab/plugins/kubernetes/kind";
import { objectType } from "../../../lab/plugins/kubernetes/object";
import { connect } from "../../../lab/plugins/kubernetes/real-cluster";
import { waitByLooking } from "../../../lab/plugins/kubernetes/wait";
import { asSecret } from "../../../lab/plugins/provider/secret";
import { InitializationFailed, type Properties, unknown } from "../../../lab/plugins/resource-type";
import { context } from "../plugins/context";
import { FakeApiServer, kubeconfigFor } from "./fake-api-server";

let api: FakeApiServer;
beforeEach(async () => (api = await new FakeApiServer().listen()));
afterEach(() => api.close());

const configMapPath = "/api/v1/namespaces/web/configmaps/one";
const type = (token: string) => objectType(kindOf(`kubernetes:${token}`), { connect, wait: waitByLooking });
const configMap = type("core/v1:ConfigMap");
const inputs = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { namespace: "web", name: "one" },
  data: { a: "1" },
};

const around = (config: Properties = {}, more = {}) =>
  context({ config: { kubeconfig: api.kubeconfig, ...config }, ...more });
const nowhere = (config: Properties = {}) =>
  around({ kubeconfig: kubeconfigFor("http://127.0.0.1:1"), ...config });

test("check: kind, name and namespace are filled in without asking anybody", async () => {
  const checked = await configMap.examine!({ data: { a: "1", b: null } }, {}, nowhere());
  expect(checked).toEqual({
    faults: [],
    inputs: {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: expect.stringMatching(/^thing-[0-9a-f]{8}$/),
        namespace: "default",
        annotations: { "pulumi.com/autonamed": "true" },
      },
      data: { a: "1" },
    },
  });
  const elsewhere = await configMap.examine!({}, checked.inputs, around({ namespace: "apps" }));
  expect(elsewhere.inputs.metadata).toMatchObject({ name: checked.inputs.metadata.name, namespace: "apps" });
  expect(api.requests).toEqual([]);
});

test("check: what it would have to ignore is refused by name", async () => {
  const annotations = { "pulumi.com/waitFor": "jsonpath={.a}" };
  const { faults } = await configMap.examine!(
    { metadata: { generateName: "x-", annotations } },
    {},
    nowhere(),
  );
  expect(faults.map(({ property }) => property)).toEqual([
    'metadata.annotations["pulumi.com/waitFor"]',
    "metadata.generateName",
  ]);
});

test("check: the API server is asked about custom resources, and taken to have namespaces where it does not know", async () => {
  const box = type("example.com/v1:Box");
  const namespace = async () => (await box.examine!({}, {}, around())).inputs.metadata.namespace;
  expect(await namespace()).toBe("default");
  api.served["/apis/example.com/v1"] = [["boxes", "Box", false]];
  expect(await namespace()).toBeUndefined();
});

test("check and outputs of a Secret: its data is secret, however it was given", async () => {
  const secret = type("core/v1:Secret");
  const given = { metadata: { name: "pw", namespace: "web" }, stringData: { p: "hunter2" } };
  const data = { p: Buffer.from("hunter2").toString("base64") };
  const checked = await secret.examine!(given, {}, around());
  expect(checked.inputs).toEqual({
    apiVersion: "v1",
    kind: "Secret",
    metadata: given.metadata,
    data: asSecret(data),
  });
  const plain = { ...checked.inputs, data };
  const { outputs } = await secret.create(plain, around());
  expect(outputs.data).toEqual(asSecret(data));
  const read = await secret.read!("web/pw", {}, around(), plain);
  expect([read!.inputs.data, read!.outputs.data]).toEqual([asSecret(data), asSecret(data)]);
});

test("create, read, update and delete", async () => {
  const { id, outputs } = await configMap.create(inputs, around());
  expect(id).toBe("web/one");
  expect(outputs).toMatchObject({
    metadata: { name: "one", uid: "uid-0" },
    __fieldManager: expect.stringMatching(/^pulumi-kubernetes-[0-9a-f]{8}$/),
  });
  expect((await configMap.read!(id, outputs, around(), inputs))!.inputs).toEqual(inputs);

  const updated = await configMap.update!(id, outputs, { ...inputs, data: { a: "2" } }, around());
  expect(updated).toMatchObject({ data: { a: "2" }, __fieldManager: outputs.__fieldManager });

  await configMap.delete!(id, updated, around());
  expect(await configMap.read!(id, updated, around(), inputs)).toBeUndefined();
  await configMap.delete!(id, updated, around());
  expect(api.requests.filter((line) => !line.startsWith("GET"))).toEqual([
    "POST /api/v1/namespaces/web/configmaps?fieldManager=pulumi-kubernetes",
    `PATCH ${configMapPath}?fieldManager=${outputs.__fieldManager}&force=false`,
    `DELETE ${configMapPath}`,
    `DELETE ${configMapPath}`,
  ]);
  expect(api.bodies.at(-1)).toMatchObject({ propagationPolicy: "Foreground" });
});

test("read shows drift in what the inputs speak about, and nothing else", async () => {
  const { id, outputs } = await configMap.create(inputs, around());
  Object.assign(api.objects.get(configMapPath)!, { data: { a: "9", other: "x" }, immutable: false });
  expect((await configMap.read!(id, outputs, around(), inputs))!.inputs).toEqual({
    ...inputs,
    data: { a: "9" },
  });
});

test("read without inputs, as an import does, gives those that the object could have been made with", async () => {
  const { id, outputs } = await configMap.create(inputs, around());
  Object.assign(api.objects.get(configMapPath)!, { status: {} });
  expect((await configMap.read!(id, {}, around(), {}))!.inputs).toEqual(inputs);
  expect(outputs.metadata.uid).toBeDefined();
});

test("read says what a workload is missing, and keeps it with what was found", async () => {
  const deployment = type("apps/v1:Deployment");
  const spec = { replicas: 1, selector: {} };
  const given = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { namespace: "web", name: "d" },
    spec,
  };
  api.objects.set("/apis/apps/v1/namespaces/web/deployments/d", {
    ...given,
    metadata: { ...given.metadata, generation: 1 },
    spec: { ...spec, replicas: 3 },
    status: { observedGeneration: 1 },
  });
  const error = await deployment.read!("web/d", {}, around(), given).catch((reason) => reason);
  expect(error).toBeInstanceOf(InitializationFailed);
  expect(error.inputs.spec.replicas).toBe(3);
  expect(error.reasons).toEqual([
    `${api.address}: Deployment web/d is not ready`,
    "0 of 3 replicas available, 0 of the present template",
  ]);
});

test("metadata and annotations that are not known yet pass", async () => {
  expect((await configMap.examine!({ metadata: unknown }, {}, nowhere())).faults).toEqual([]);
  const checked = await configMap.examine!({ metadata: { annotations: unknown } }, {}, nowhere());
  expect(checked.inputs.metadata.annotations).toBe(unknown);
});

test("an update takes the fields of the creation over first, and forces only when it is told to", async () => {
  const { id, outputs } = await configMap.create(inputs, around());
  const managedFields = [
    { manager: "pulumi-kubernetes", operation: "Update", apiVersion: "v1", fieldsV1: {} },
  ];
  api.objects.get(configMapPath)!.metadata.managedFields = managedFields;
  const annotations = { "pulumi.com/patchForce": "true" };
  await configMap.update!(
    id,
    outputs,
    { ...inputs, metadata: { ...inputs.metadata, annotations } },
    around(),
  );
  expect(api.requests.filter((line) => line.startsWith("PATCH"))).toEqual([
    `PATCH ${configMapPath}`,
    `PATCH ${configMapPath}?fieldManager=${outputs.__fieldManager}&force=true`,
  ]);
  api.refuse = (line) => (line.startsWith("PATCH") ? [409, "Conflict"] : undefined);
  await expect(configMap.update!(id, outputs, inputs, around())).rejects.toThrow(
    `${api.address}: others have set fields of ConfigMap web/one`,
  );
});

test("what is there already is not taken over", async () => {
  await configMap.create(inputs, around());
  await expect(configMap.create(inputs, around())).rejects.toThrow(
    /^http:\/\/127.0.0.1:\d+: ConfigMap web\/one is there already.* kubectl get ConfigMap one -n web -o yaml$/,
  );
});

test("an object that is gone cannot be updated", async () => {
  await expect(configMap.update!("web/one", {}, inputs, around())).rejects.toThrow(
    "is gone. Let Pulumi see it",
  );
});

test("creation waits for a namespace that is on its way", async () => {
  let tries = 0;
  api.refuse = (line) => (line.startsWith("POST") && tries++ === 0 ? [404, "NotFound"] : undefined);
  expect((await configMap.create(inputs, around())).id).toBe("web/one");
});

test("a kind without namespaces has none, whatever the inputs say; its definition may come late", async () => {
  setTimeout(() => (api.served["/apis/example.com/v1"] = [["boxes", "Box", false]]), 200);
  const box = { apiVersion: "example.com/v1", kind: "Box", metadata: { name: "b", namespace: "default" } };
  expect((await type("example.com/v1:Box").create(box, around())).id).toBe("b");
  expect([...api.objects.keys()]).toEqual(["/apis/example.com/v1/boxes/b"]);
});

test("a definition is put as a whole", async () => {
  const token = "apiextensions.k8s.io/v1:CustomResourceDefinition";
  api.onRead = (object) => (object.status = { conditions: [{ type: "Established", status: "True" }] });
  const given = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "boxes.example.com" },
    spec: { x_kubernetes_int_or_string: true },
  };
  const { id, outputs } = await type(token).create(given, around());
  expect(api.bodies.at(-1)!.spec).toEqual({ "x-kubernetes-int-or-string": true });
  expect(outputs.spec).toEqual(given.spec);
  await type(token).update!(id, outputs, given, around());
  expect(api.requests.filter((line) => line.startsWith("PUT"))).toHaveLength(1);
  expect(api.bodies.at(-1)!.metadata.resourceVersion).toBe("1");
});

test("a workload that does not come up is kept, with what its pods wait for", async () => {
  const selector = { matchLabels: { app: "front" } };
  const deployment = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { namespace: "web", name: "front", annotations: { "pulumi.com/timeoutSeconds": "1" } },
    spec: { replicas: 1, selector },
  };
  api.onRead = (object) => (object.status = { observedGeneration: 1, replicas: 1, updatedReplicas: 1 });
  const waiting = { reason: "ImagePullBackOff", message: "no such image" };
  api.objects.set("/api/v1/namespaces/web/pods/front-1", {
    metadata: { name: "front-1", namespace: "web" },
    status: { containerStatuses: [{ name: "web", state: { waiting } }] },
  });
  const error = await type("apps/v1:Deployment")
    .create(deployment, around())
    .catch((reason) => reason);
  expect(error).toBeInstanceOf(InitializationFailed);
  expect(error.id).toBe("web/front");
  expect(error.properties).toMatchObject({ status: { observedGeneration: 1 } });
  expect(error.reasons).toEqual([
    expect.stringMatching(
      /: Deployment web\/front is not ready after \d s\. See: kubectl describe deployment front -n web$/,
    ),
    "0 of 1 replicas available, 1 of the present template",
    "pod front-1: container web: ImagePullBackOff: no such image",
  ]);
});

test("an object is kept also when looking at it is refused after its creation", async () => {
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { namespace: "web", name: "s" },
    spec: { selector: { app: "a" } },
  };
  api.refuse = (line) => (line.includes("endpointslices") ? [403, "Forbidden"] : undefined);
  const error = await type("core/v1:Service")
    .create(service, around())
    .catch((reason) => reason);
  expect(error).toBeInstanceOf(InitializationFailed);
  expect([error.id, error.reasons]).toEqual(["web/s", [expect.stringContaining("Forbidden: ")]]);
});

test("skipAwait does not wait", async () => {
  const annotations = { "pulumi.com/skipAwait": "true" };
  const job = {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { namespace: "web", name: "j", annotations },
    spec: {},
  };
  expect((await type("batch/v1:Job").create(job, around())).id).toBe("web/j");
});

test("a deletion that does not end says what holds it back", async () => {
  const { id, outputs } = await configMap.create(inputs, around());
  api.objects.get(configMapPath)!.metadata.finalizers = ["example.com/keep"];
  const kept = api.objects.get(configMapPath)!;
  api.objects.delete = () => true;
  await expect(configMap.delete!(id, outputs, around({}, { timeout: 300 }))).rejects.toThrow(
    /ConfigMap web\/one is still there \d s after its deletion: finalizers example.com\/keep\. See: kubectl describe/,
  );
  kept.metadata.uid = "another"; // the one that was to be deleted is gone
  await configMap.delete!(id, outputs, around());
});

test("an API server that cannot be reached", async () => {
  const message = "http://127.0.0.1:1: the API server cannot be reached: connect ECONNREFUSED";
  await expect(configMap.create(inputs, nowhere())).rejects.toThrow(message);
  await expect(configMap.read!("web/one", {}, nowhere(), inputs)).rejects.toThrow(message);
  await expect(configMap.delete!("web/one", {}, nowhere())).rejects.toThrow(message);

  const given = { deleteUnreachable: true };
  expect(await configMap.read!("web/one", {}, nowhere(given), inputs)).toBeUndefined();
  await configMap.delete!("web/one", {}, nowhere(given));

  const skip = { skipUpdateUnreachable: true };
  const state = { metadata: { uid: "u" } };
  expect(await configMap.read!("web/one", state, nowhere(skip), inputs)).toEqual({ inputs, outputs: state });
  const news = { ...inputs, data: { a: "2" } };
  expect((await configMap.examine!(news, inputs, nowhere(skip))).inputs).toEqual(inputs);
  expect((await configMap.examine!(news, inputs, around(skip))).inputs).toEqual(news);
}, 20_000);

test("refusals name the API server and say what it said", async () => {
  api.refuse = (line) => (line.startsWith("POST") ? [403, "Forbidden"] : undefined);
  await expect(configMap.create(inputs, around())).rejects.toThrow(`${api.address}: Forbidden: `);
});
