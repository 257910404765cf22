import { randomBytes } from "node:crypto";
import { type Properties } from "../resource-type";

/** The `name` input: as given, as it was, or the logical name with seven random digits as Pulumi gives it. */
export function autoName(inputs: Properties, olds: Properties, logicalName: string): string {
  return inputs.name ?? olds.name ?? `${logicalName}-${randomBytes(4).toString("hex").slice(0, 7)}`;
}
