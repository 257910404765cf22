import * as grpc from "@grpc/grpc-js";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb";
import pb from "@pulumi/pulumi/proto/provider_pb";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { kubernetesPlugin } from "../../../lab/plugins/kubernetes";
import { inMemory } from "../../../lab/plugins/memory";
import { readWorld } from "../../../lab/plugins/memory/world";
import { asSecret } from "../../../lab/plugins/provider/secret";
import { fromWire, toWire } from "../../../lab/plugins/provider/wire";
import { type Properties, unknown } from "../../../lab/plugins/resource-type";
import { listen, type Listening } from "../../../lab/plugins/server";
import { kubeconfigFor } from "./fake-api-server";

const file = join(mkdtempSync(join(tmpdir(), "world-")), "world.json");
let server: Listening;
let client: InstanceType<typeof providerGrpc.ResourceProviderClient>;
beforeAll(async () => {
  server = await listen(inMemory(kubernetesPlugin, file));
  const address = `127.0.0.1:${server.port}`;
  client = new providerGrpc.ResourceProviderClient(address, grpc.credentials.createInsecure());
});
afterAll(() => {
  client.close();
  server.close();
});

const call = <Response>(
  start: (done: (error: grpc.ServiceError | null, response: Response) => void) => unknown,
) =>
  new Promise<Response>((done, failed) =>
    start((error, response) => (error ? failed(error) : done(response))),
  );

function about<
  T extends { setUrn(v: string): unknown; setName(v: string): unknown; setType(v: string): unknown },
>(request: T, type = "kubernetes:core/v1:Service"): T {
  request.setUrn(`urn:pulumi:s::p::${type}::front`);
  request.setName("front");
  request.setType(type);
  return request;
}

function create(properties: Properties, preview: boolean) {
  const request = about(new pb.CreateRequest());
  request.setProperties(toWire(properties));
  request.setPreview(preview);
  return call<pb.CreateResponse>((done) => client.create(request, done));
}

function update(state: Properties, olds: Properties, news: Properties) {
  const request = about(new pb.UpdateRequest());
  request.setId("default/front");
  request.setOlds(toWire(state));
  request.setOldInputs(toWire(olds));
  request.setNews(toWire(news));
  request.setPreview(true);
  return call<pb.UpdateResponse>((done) => client.update(request, done));
}

const inputs = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "front", namespace: "default" },
  spec: { a: 1 },
};

test("a secret kubeconfig configures it; it takes part in previews", async () => {
  const request = new pb.ConfigureRequest();
  request.setArgs(toWire({ kubeconfig: asSecret(kubeconfigFor("https://one:6443")) }));
  const answer = await call<pb.ConfigureResponse>((done) => client.configure(request, done));
  expect([answer.getAcceptsecrets(), answer.getSupportspreview()]).toEqual([false, true]);
});

test("a preview creates nothing and foresees what it can", async () => {
  const foreseen = await create(inputs, true);
  expect(foreseen.getId()).toBe("");
  expect(fromWire(foreseen.getProperties()).spec).toEqual({ a: 1, clusterIP: unknown });
  expect(readWorld(file).operations).toBe(0);

  const made = await create(inputs, false);
  expect(made.getId()).toBe("default/front");
  const state = fromWire(made.getProperties());
  const foreseenUpdate = await update(state, inputs, { ...inputs, spec: { a: 2 } });
  expect(fromWire(foreseenUpdate.getProperties()).spec).toEqual({ a: 2, clusterIP: "10.96.0.10" });
  expect(readWorld(file).clusters.one).toMatchObject([{ spec: { a: 1 } }]);
});

test("checks and diffs are those of the kind", async () => {
  const check = about(new pb.CheckRequest(), "kubernetes:core/v1:ConfigMap");
  check.setNews(toWire({ data: { a: "1" } }));
  const checked = await call<pb.CheckResponse>((done) => client.check(check, done));
  expect(fromWire(checked.getInputs())).toMatchObject({
    kind: "ConfigMap",
    metadata: { namespace: "default" },
  });

  const diff = about(new pb.DiffRequest(), "kubernetes:core/v1:ConfigMap");
  const before = { metadata: { name: "n", namespace: "default" }, data: { "a.b": "1" } };
  diff.setOlds(toWire(before));
  diff.setOldInputs(toWire(before));
  diff.setNews(toWire({ ...before, data: { "a.b": "2" } }));
  const differs = await call<pb.DiffResponse>((done) => client.diff(diff, done));
  expect(differs.getReplacesList()).toEqual(["data"]);
  expect(differs.getDeletebeforereplace()).toBe(true);
  expect(
    differs
      .getDetaileddiffMap()
      .toArray()
      .map(([path]) => path),
  ).toEqual(['data["a.b"]']);
});

test("another cluster replaces the provider; settings are checked", async () => {
  const diff = new pb.DiffRequest();
  diff.setOldInputs(toWire({ kubeconfig: kubeconfigFor("https://one:6443") }));
  diff.setNews(toWire({ kubeconfig: kubeconfigFor("https://two:6443") }));
  const differs = await call<pb.DiffResponse>((done) => client.diffConfig(diff, done));
  expect(differs.getReplacesList()).toEqual(["kubeconfig"]);

  const check = new pb.CheckRequest();
  check.setNews(toWire({ renderYamlToDirectory: "x" }));
  const checked = await call<pb.CheckResponse>((done) => client.checkConfig(check, done));
  expect(checked.getFailuresList().map((one) => one.getProperty())).toEqual([
    "renderYamlToDirectory",
    "kubeconfig",
  ]);
});

test("what it does not have is refused by name", async () => {
  const check = about(new pb.CheckRequest(), "kubernetes:helm.sh/v3:Release");
  await expect(call((done) => client.check(check, done))).rejects.toMatchObject({
    details: expect.stringContaining("does not have kubernetes:helm.sh/v3:Release: charts, "),
  });
  const invoke = new pb.InvokeRequest();
  invoke.setTok("kubernetes:yaml:decode");
  await expect(call((done) => client.invoke(invoke, done))).rejects.toMatchObject({
    details: "the lab's stand-in for kubernetes has no functions, so no kubernetes:yaml:decode",
  });
});
