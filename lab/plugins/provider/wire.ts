import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { type Properties } from "../resource-type";

/** The properties in a request; an absent message is no properties. */
export function fromWire(message: Struct | undefined): Properties {
  return message ? (message.toJavaScript() as Properties) : {};
}

/** Properties as a message. What is undefined is left out: the protocol has no such value. */
export function toWire(properties: Properties): Struct {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)));
}
