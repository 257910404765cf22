import * as grpc from "@grpc/grpc-js";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb";
import { inMemory } from "./memory";
import { connectEngineLog } from "./provider/engine-log";
import { providerService } from "./provider/service";
import { type Plugin } from "./resource-type";

/** A provider that listens. */
export interface Listening {
  port: number;
  close(): void;
}

/** Serves the Pulumi resource provider protocol for a plugin on a free port of 127.0.0.1. */
export const listen = (plugin: Plugin): Promise<Listening> =>
  listenOnLoopback(providerGrpc.ResourceProviderService, providerService(plugin));

/** Serves a gRPC service on a free port of 127.0.0.1. */
export async function listenOnLoopback(
  definition: grpc.ServiceDefinition,
  implementation: grpc.UntypedServiceImplementation,
): Promise<Listening> {
  // Files come inside messages, so there is no limit on their size; the engine sets none either.
  const server = new grpc.Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  server.addService(definition, implementation);
  const port = await new Promise<number>((done, failed) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? failed(error) : done(bound),
    ),
  );
  return { port, close: () => server.forceShutdown() };
}

/**
 * The main function of a plugin: serves it to the engine that started this process, until that engine ends.
 * With FARMSTACK_PLUGIN_WORLD=<file> nothing outside of that file is touched (see memory/).
 */
export function serve(plugin: Plugin): void {
  const world = process.env.FARMSTACK_PLUGIN_WORLD;
  const engine = process.argv[2];
  if (engine) connectEngineLog(engine);
  endWithEngine();
  listen(world ? inMemory(plugin, world) : plugin).then(
    ({ port }) => process.stdout.write(`${port}\n`), // how the engine learns the port
    (error: Error) => {
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    },
  );
}

/** The engine holds the other end of our standard input: it closes when the engine ends, even by SIGKILL. */
export function endWithEngine(): void {
  process.stdin.on("end", () => process.exit(0)).resume();
}
