import * as grpc from "@grpc/grpc-js";
import providerPb from "@pulumi/pulumi/proto/provider_pb";
import statusPb from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { InitializationFailed } from "../resource-type";
import { toWire } from "./wire";

/** What the engine is told about an error: one message, and the half-made resource if there is one. */
export function toStatus(error: unknown): Partial<grpc.ServiceError> {
  const code = grpc.status.UNKNOWN;
  const details = message(error);
  if (!(error instanceof InitializationFailed)) return { code, details };

  const failed = new providerPb.ErrorResourceInitFailed();
  failed.setId(error.id);
  failed.setProperties(toWire(error.properties));
  failed.setReasonsList(error.reasons);
  if (error.inputs) failed.setInputs(toWire(error.inputs));
  const packed = new Any();
  packed.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new statusPb.Status();
  status.setCode(code);
  status.setMessage(details);
  status.addDetails(packed);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code, details, metadata };
}

function message(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return process.env.PULUMI_DEBUG && error.stack ? error.stack : error.message;
}
