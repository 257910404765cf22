import { randomBytes } from "node:crypto";
import { type Properties } from "../resource-type";
import { autoNamed, has } from "./annotations";

/**
 * The metadata with a name: as given, as it was if this plugin made it up, or the logical name with eight random
 * digits. One that was made up is marked by an annotation, so that a replacement can take another.
 */
export function named(metadata: Properties, olds: Properties, logicalName: string): Properties {
  if (metadata.name !== undefined) return metadata;
  const name: string = has(olds, autoNamed)
    ? olds.metadata.name
    : `${logicalName}-${randomBytes(4).toString("hex")}`;
  const { annotations } = metadata;
  const marked = typeof annotations === "string" ? annotations : { ...annotations, [autoNamed]: "true" }; // a text: not known yet
  return { ...metadata, name, annotations: marked };
}
