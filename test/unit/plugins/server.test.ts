import * as grpc from "@grpc/grpc-js";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb";
import pb from "@pulumi/pulumi/proto/provider_pb";
import statusPb from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { fromWire, toWire } from "../../../lab/plugins/provider/wire";
import {
  InitializationFailed,
  type Plugin,
  type Properties,
  unknown,
} from "../../../lab/plugins/resource-type";
import { type Context } from "../../../lab/plugins/resource-type";
import { listen, type Listening } from "../../../lab/plugins/server";

let seen: { context?: Context; inputs?: Properties } = {};
let gone = false;

const plugin: Plugin = {
  name: "toy",
  version: "1.2.3",
  config: ["host", "options", "check"],
  types: {
    "toy:index:Box": {
      inputs: { size: "replace", colour: "update", hint: "ignore", name: "replace" },
      required: ["size", "name"],
      check: ({ size }) => (size === 13 ? [{ property: "size", reason: "unlucky" }] : []),
      defaults: (inputs) => ({ colour: "red", ...inputs }),
      async create(inputs, context) {
        seen = { inputs, context };
        if (inputs.colour === "black") throw new InitializationFailed("id1", inputs, ["too dark", "to see"]);
        if (inputs.colour === "pink") throw new Error("no pink here");
        return { id: "id1", outputs: { ...inputs, weight: 3, nothing: undefined } };
      },
      read: async (_id, state) =>
        gone ? undefined : { inputs: { size: 9 }, outputs: { ...state, size: 9 } },
    },
    "toy:index:Plain": { inputs: {}, required: [], create: async () => ({ id: "plain", outputs: {} }) },
  },
};

let server: Listening;
let client: InstanceType<typeof providerGrpc.ResourceProviderClient>;
beforeAll(async () => {
  server = await listen(plugin);
  client = new providerGrpc.ResourceProviderClient(
    `127.0.0.1:${server.port}`,
    grpc.credentials.createInsecure(),
  );
});
beforeEach(() => {
  seen = {};
  gone = false;
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

/** Fills the fields that requests about a resource share. */
function about<
  T extends { setUrn(v: string): unknown; setName(v: string): unknown; setType(v: string): unknown },
>(request: T, type = "toy:index:Box"): T {
  request.setUrn(`urn:pulumi:s::p::${type}::box`);
  request.setName("box");
  request.setType(type);
  return request;
}

async function check(news: Properties, type?: string) {
  const request = about(new pb.CheckRequest(), type);
  request.setNews(toWire(news));
  const response = await call<pb.CheckResponse>((done) => client.check(request, done));
  return {
    inputs: fromWire(response.getInputs()),
    failures: response.getFailuresList().map((one) => `${one.getProperty()}: ${one.getReason()}`),
  };
}

async function diff(olds: Properties, news: Properties) {
  const request = about(new pb.DiffRequest());
  request.setOldInputs(toWire(olds));
  request.setNews(toWire(news));
  const response = await call<pb.DiffResponse>((done) => client.diff(request, done));
  const { DIFF_SOME } = pb.DiffResponse.DiffChanges;
  const kinds = Object.entries(pb.PropertyDiff.Kind);
  return {
    some: response.getChanges() === DIFF_SOME,
    replaces: response.getReplacesList(),
    details: Object.fromEntries(
      response
        .getDetaileddiffMap()
        .toArray()
        .map(([name]) => {
          const kind = response.getDetaileddiffMap().get(name)!.getKind();
          return [name, kinds.find(([, value]) => value === kind)![0]];
        }),
    ),
  };
}

function create(inputs: Properties, type?: string) {
  const request = about(new pb.CreateRequest(), type);
  request.setProperties(toWire(inputs));
  request.setTimeout(90);
  return call<pb.CreateResponse>((done) => client.create(request, done));
}

function read(state: Properties, type?: string) {
  const request = about(new pb.ReadRequest(), type);
  request.setId("id1");
  request.setProperties(toWire(state));
  request.setInputs(toWire(state));
  return call<pb.ReadResponse>((done) => client.read(request, done));
}

test("check names all unknown and missing inputs at once, and passes over internal ones", async () => {
  const { failures } = await check({ sise: 1, hight: 2, __defaults: [] });
  expect(failures).toEqual([
    `hight: the lab's stand-in for toy:index:Box does not take "hight"`,
    `sise: the lab's stand-in for toy:index:Box does not take "sise"`,
    `size: toy:index:Box needs "size"`,
    `name: toy:index:Box needs "name"`,
  ]);
});

test("check asks the type, and fills in its defaults", async () => {
  expect((await check({ size: 13, name: "n" })).failures).toEqual(["size: unlucky"]);
  expect(await check({ size: unknown, name: "n", __x: 1 })).toEqual({
    inputs: { size: unknown, name: "n", colour: "red" },
    failures: [],
  });
});

test("an unknown type is refused by name, with those that there are", async () => {
  await expect(check({}, "toy:index:Bag")).rejects.toMatchObject({
    details: expect.stringMatching(/does not have the type toy:index:Bag \(it has toy:index:Box/),
  });
});

test("diff: nothing", async () => {
  const same = { size: 1, name: "n", list: [{ a: 1, b: 2 }] };
  expect(await diff({ ...same, __defaults: [] }, { ...same, list: [{ b: 2, a: 1 }] })).toEqual({
    some: false,
    replaces: [],
    details: {},
  });
});

test("diff: replace, update, ignore; added and removed", async () => {
  expect(await diff({ size: 1, colour: "a", hint: 1 }, { size: 2, colour: "b", hint: 2 })).toEqual({
    some: true,
    replaces: ["size"],
    details: { size: "UPDATE_REPLACE", colour: "UPDATE" },
  });
  expect(await diff({ size: 1 }, { colour: "b" })).toEqual({
    some: true,
    replaces: ["size"],
    details: { size: "DELETE_REPLACE", colour: "ADD" },
  });
  expect((await diff({ hint: 1 }, { hint: 2 })).some).toBe(false);
});

test("diff: what is not known yet is a change", async () => {
  expect((await diff({ size: 1 }, { size: unknown })).replaces).toEqual(["size"]);
  expect((await diff({ size: { a: [1] } }, { size: { a: [unknown] } })).replaces).toEqual(["size"]);
});

test("create gets inputs, name, timeout and the provider's configuration, decoded", async () => {
  const configure = new pb.ConfigureRequest();
  configure.setArgs(toWire({ host: "ssh://h", options: '["-o","x"]', check: "true", odd: "[unix]" }));
  const answer = await call<pb.ConfigureResponse>((done) => client.configure(configure, done));
  expect([answer.getAcceptsecrets(), answer.getSupportspreview()]).toEqual([false, false]);

  const response = await create({ size: 1, name: "n" });
  expect(response.getId()).toBe("id1");
  expect(fromWire(response.getProperties())).toEqual({ size: 1, name: "n", weight: 3 });
  expect(seen.context).toMatchObject({
    name: "box",
    timeout: 90_000,
    config: { host: "ssh://h", options: ["-o", "x"], check: true, odd: "[unix]" },
  });
});

test("an error is its message, without a stack", async () => {
  await expect(create({ colour: "pink" })).rejects.toMatchObject({ details: "no pink here" });
});

test("a resource that did not come up is passed on with its id, properties and reasons", async () => {
  const error: grpc.ServiceError = await create({ colour: "black", size: 1 }).then(
    () => expect.fail("it should fail"),
    (reason) => reason,
  );
  const [packed] = error.metadata.get("grpc-status-details-bin");
  const detail = statusPb.Status.deserializeBinary(packed as Buffer).getDetailsList()[0]!;
  const failed = detail.unpack(
    pb.ErrorResourceInitFailed.deserializeBinary,
    "pulumirpc.ErrorResourceInitFailed",
  )!;
  expect(failed.getId()).toBe("id1");
  expect(failed.getReasonsList()).toEqual(["too dark", "to see"]);
  expect(fromWire(failed.getProperties())).toEqual({ colour: "black", size: 1 });
});

test("read: what is there, what is gone, and a type that cannot look", async () => {
  const found = await read({ size: 1 });
  expect([found.getId(), fromWire(found.getInputs())]).toEqual(["id1", { size: 9 }]);
  gone = true;
  expect((await read({ size: 1 })).getId()).toBe("");
  expect(fromWire((await read({ a: 1 }, "toy:index:Plain")).getProperties())).toEqual({ a: 1 });
  await expect(read({}, "toy:index:Plain")).rejects.toMatchObject({
    details: expect.stringContaining('cannot import "id1"'),
  });
});

test("an update of a type without one is an error", async () => {
  const request = about(new pb.UpdateRequest());
  await expect(call((done) => client.update(request, done))).rejects.toMatchObject({
    details: "toy:index:Box cannot be updated in place",
  });
});

test("unknown provider settings are refused; a changed one never replaces", async () => {
  const request = new pb.CheckRequest();
  request.setNews(toWire({ hots: "h", host: "h", version: "1", __internal: {} }));
  const checked = await call<pb.CheckResponse>((done) => client.checkConfig(request, done));
  expect(checked.getFailuresList().map((one) => one.getProperty())).toEqual(["hots"]);

  const change = new pb.DiffRequest();
  change.setOldInputs(toWire({ host: "a" }));
  change.setNews(toWire({ host: "b" }));
  const differs = await call<pb.DiffResponse>((done) => client.diffConfig(change, done));
  expect([differs.getDiffsList(), differs.getReplacesList()]).toEqual([["host"], []]);
});

test("cancel reaches running operations", async () => {
  await create({ size: 1 });
  await call((done) => client.cancel(new Empty(), done));
  expect(seen.context?.cancelled.aborted).toBe(true);
});
