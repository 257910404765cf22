import { createHash } from "node:crypto";
import { all, type Input, type Output } from "@pulumi/pulumi";
import { type Wiring } from "./variables";

/** A short text of all versions, which changes with any of them; undefined: there are none. */
export function versionOf({
  config,
  secrets,
}: Pick<Wiring, "config" | "secrets">): Output<string> | undefined {
  const versions = Object.entries({ ...config, ...secrets })
    .filter(([, { version }]) => version !== undefined)
    .map(([name, { version }]) => [name, version as Input<string>] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  if (versions.length === 0) return undefined;
  return all(versions.map(([name, version]) => all([name, version]))).apply((pairs) =>
    createHash("sha256").update(JSON.stringify(pairs)).digest("hex").slice(0, 16),
  );
}
