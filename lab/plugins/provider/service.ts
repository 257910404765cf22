import { type sendUnaryData, type ServerUnaryCall, type UntypedServiceImplementation } from "@grpc/grpc-js";
import pluginPb from "@pulumi/pulumi/proto/plugin_pb";
import pb from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import {
  type Context,
  type Difference,
  type Fault,
  type Plugin,
  type Properties,
  type ResourceType,
} from "../resource-type";
import { checkInputs, given } from "./check";
import { checkConfig, decodeConfig } from "./config";
import { diffInputs } from "./diff";
import { toStatus } from "./errors";
import { fromWire, toWire } from "./wire";

/** What requests about a resource have in common. */
interface AboutResource {
  getUrn(): string;
  getName(): string;
  getType(): string;
  /** Seconds; reads have none. */
  getTimeout?(): number;
}

/** The methods of the ResourceProvider service, answered by a plugin. What is not here is answered "unimplemented". */
export function providerService(plugin: Plugin): UntypedServiceImplementation {
  let config: Properties = {};
  const cancel = new AbortController();

  const typeOf = (request: AboutResource): ResourceType => {
    const type = plugin.types[request.getType()] ?? plugin.typeOf?.(request.getType());
    if (type) return type;
    const known = Object.keys(plugin.types).join(", ");
    throw new Error(
      `the lab's stand-in for ${plugin.name} does not have the type ${request.getType()} (it has ${known})`,
    );
  };
  const contextOf = (request: AboutResource): Context => ({
    config,
    name: request.getName(),
    urn: request.getUrn(),
    timeout: Math.round((request.getTimeout?.() ?? 0) * 1000),
    cancelled: cancel.signal,
  });

  return {
    getPluginInfo: answer(() => {
      const info = new pluginPb.PluginInfo();
      info.setVersion(plugin.version);
      return info;
    }),

    getSchema: answer(() => {
      const response = new pb.GetSchemaResponse();
      response.setSchema(JSON.stringify({ name: plugin.name, version: plugin.version }));
      return response;
    }),

    checkConfig: answer((request: pb.CheckRequest) => {
      const inputs = fromWire(request.getNews());
      return checkResponse(inputs, checkConfig(plugin, inputs));
    }),

    // Mostly, another address or option reaches the same resources: the provider is updated, they are not replaced.
    diffConfig: answer((request: pb.DiffRequest) => {
      const olds = fromWire(request.getOldInputs() ?? request.getOlds());
      const news = fromWire(request.getNews());
      return diffResponse(plugin.diffConfig?.(olds, news) ?? diffInputs({ inputs: {} }, olds, news));
    }),

    configure: answer((request: pb.ConfigureRequest) => {
      config = decodeConfig(fromWire(request.getArgs()));
      const response = new pb.ConfigureResponse();
      response.setAcceptsecrets(false); // the engine then marks the outputs of secret inputs by itself
      response.setSupportspreview(plugin.foresees ?? false);
      return response;
    }),

    check: answer(async (request: pb.CheckRequest) => {
      const type = typeOf(request);
      const [news, olds] = [fromWire(request.getNews()), fromWire(request.getOlds())];
      const { inputs, faults } = type.examine
        ? await type.examine(given(news), given(olds), contextOf(request))
        : checkInputs(request.getType(), type, { inputs: news, olds, name: request.getName() });
      return checkResponse(inputs, faults);
    }),

    diff: answer((request: pb.DiffRequest) => {
      const type = typeOf(request);
      const olds = { inputs: fromWire(request.getOldInputs()), state: fromWire(request.getOlds()) };
      const news = fromWire(request.getNews());
      const compared = type.compare?.(olds, news, contextOf(request));
      return diffResponse(
        compared?.differences ?? diffInputs(type, olds.inputs, news),
        compared?.deleteBeforeReplace,
      );
    }),

    create: answer(async (request: pb.CreateRequest) => {
      const type = typeOf(request);
      const inputs = fromWire(request.getProperties());
      const response = new pb.CreateResponse();
      if (request.getPreview()) {
        response.setProperties(toWire(type.foresee?.(inputs) ?? {}));
        return response;
      }
      const { id, outputs } = await type.create(inputs, contextOf(request));
      response.setId(id);
      response.setProperties(toWire(outputs));
      return response;
    }),

    read: answer(async (request: pb.ReadRequest) => {
      const type = typeOf(request);
      const state = fromWire(request.getProperties());
      const response = new pb.ReadResponse();
      if (!type.read) {
        if (Object.keys(state).length === 0)
          throw new Error(`the lab's stand-in for ${request.getType()} cannot import "${request.getId()}"`);
        response.setId(request.getId());
        response.setProperties(request.getProperties());
        response.setInputs(request.getInputs());
        return response;
      }
      const known = fromWire(request.getInputs());
      const found = await type.read(request.getId(), state, contextOf(request), known);
      if (!found) return response; // no id: it is gone
      response.setId(request.getId());
      response.setProperties(toWire(found.outputs));
      response.setInputs(toWire(found.inputs));
      return response;
    }),

    update: answer(async (request: pb.UpdateRequest) => {
      const type = typeOf(request);
      if (!type.update) throw new Error(`${request.getType()} cannot be updated in place`);
      const [state, news] = [fromWire(request.getOlds()), fromWire(request.getNews())];
      const response = new pb.UpdateResponse();
      if (request.getPreview()) {
        const olds = { inputs: fromWire(request.getOldInputs()), state };
        response.setProperties(toWire(type.foresee?.(news, olds) ?? {}));
        return response;
      }
      const outputs = await type.update(request.getId(), state, news, contextOf(request));
      response.setProperties(toWire(outputs));
      return response;
    }),

    delete: answer(async (request: pb.DeleteRequest) => {
      await typeOf(request).delete?.(request.getId(), fromWire(request.getProperties()), contextOf(request));
      return new Empty();
    }),

    invoke: answer((request: pb.InvokeRequest) => {
      throw new Error(`the lab's stand-in for ${plugin.name} has no functions, so no ${request.getTok()}`);
    }),

    cancel: answer(() => {
      cancel.abort(new Error("cancelled"));
      return new Empty();
    }),
  };
}

/** A gRPC method from a function of the request. */
function answer<Request>(work: (request: Request) => unknown) {
  return async (call: ServerUnaryCall<Request, unknown>, callback: sendUnaryData<unknown>) => {
    try {
      callback(null, await work(call.request));
    } catch (error) {
      callback(toStatus(error));
    }
  };
}

function checkResponse(inputs: Properties, faults: Fault[]): pb.CheckResponse {
  const response = new pb.CheckResponse();
  response.setInputs(toWire(inputs));
  response.setFailuresList(
    faults.map(({ property, reason }) => {
      const failure = new pb.CheckFailure();
      failure.setProperty(property);
      failure.setReason(reason);
      return failure;
    }),
  );
  return response;
}

function diffResponse(differences: Difference[], deleteBeforeReplace = false): pb.DiffResponse {
  const properties = (some: Difference[]) => [...new Set(some.map(({ property }) => property))];
  const response = new pb.DiffResponse();
  response.setChanges(
    differences.length > 0 ? pb.DiffResponse.DiffChanges.DIFF_SOME : pb.DiffResponse.DiffChanges.DIFF_NONE,
  );
  response.setDiffsList(properties(differences));
  response.setReplacesList(properties(differences.filter(({ change }) => change === "replace")));
  response.setDeletebeforereplace(deleteBeforeReplace);
  response.setHasdetaileddiff(true);
  for (const { property, path, kind, change } of differences) {
    const detail = new pb.PropertyDiff();
    const name =
      `${kind.toUpperCase()}${change === "replace" ? "_REPLACE" : ""}` as keyof typeof pb.PropertyDiff.Kind;
    detail.setKind(pb.PropertyDiff.Kind[name]);
    detail.setInputdiff(true);
    response.getDetaileddiffMap().set(path ?? propertyPath(property), detail);
  }
  return response;
}

/** A name as a property path: one with a dot or bracket in it would be read as several. */
const propertyPath = (name: string) => (/^[\w$-]+$/.test(name) ? name : `["${name.replaceAll('"', '\\"')}"]`);
