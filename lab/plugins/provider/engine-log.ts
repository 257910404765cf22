import * as grpc from "@grpc/grpc-js";
import engineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb";
import enginePb from "@pulumi/pulumi/proto/engine_pb";

let engine: InstanceType<typeof engineGrpc.EngineClient> | undefined;

/** Sends further log lines to the engine at this address (host:port). */
export function connectEngineLog(address: string): void {
  engine = new engineGrpc.EngineClient(address, grpc.credentials.createInsecure());
}

/** Shows a line in the status column of a resource while it is worked on. Does nothing without an engine. */
export function logStatus(urn: string, message: string): void {
  const request = new enginePb.LogRequest();
  request.setSeverity(enginePb.LogSeverity.INFO);
  request.setMessage(message);
  request.setUrn(urn);
  request.setEphemeral(true);
  engine?.log(request, () => undefined); // a lost line is no reason to fail
}
