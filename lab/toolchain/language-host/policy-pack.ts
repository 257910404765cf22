import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import type pb from "@pulumi/pulumi/proto/language_pb";

/**
 * Arguments of the SDK's own start script, `@pulumi/pulumi/cmd/run-policy-pack`: the engine's address, which comes first
 * of the plugin's, and the folder of the pack. Pure.
 */
export const policyPackArguments = (request: pb.RunPluginRequest): string[] => [
  request.getArgsList()[0] ?? "",
  request.getInfo()?.getProgramDirectory() ?? ".",
];

/** The environment that the engine wants a plugin to have, `NAME=VALUE` each. Pure. */
export const pluginEnvironment = (lines: string[]): NodeJS.ProcessEnv =>
  Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );

/** Starts a pack of policies. What it prints is for the engine, which waits for the port on its standard output. */
export function startPolicyPack(request: pb.RunPluginRequest): ChildProcess {
  const [, pack] = policyPackArguments(request);
  const start = createRequire(join(pack ?? ".", "package.json")).resolve(
    "@pulumi/pulumi/cmd/run-policy-pack",
  );
  const child = spawn(process.execPath, [start, ...policyPackArguments(request)], {
    cwd: request.getPwd(),
    env: pluginEnvironment(request.getEnvList()),
    stdio: ["ignore", "pipe", "pipe"],
  });
  process.once("exit", () => child.kill());
  return child;
}
