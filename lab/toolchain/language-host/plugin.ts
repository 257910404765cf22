import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import type pb from "@pulumi/pulumi/proto/language_pb";

/** A plugin that is a program of Node, as the SDK starts it. */
interface Start {
  /** The SDK's own start script. */
  script: string;
  args: string[];
}

/**
 * How a plugin is started, or undefined for a kind that is not known here. The engine's address comes first of its own
 * arguments: a pack of policies takes it before its folder, a provider of components after it. Pure.
 */
export function pluginStart(request: pb.RunPluginRequest): Start | undefined {
  const engine = request.getArgsList()[0] ?? "";
  const folder = request.getInfo()?.getProgramDirectory() ?? ".";
  switch (request.getKind()) {
    case "analyzer":
      return { script: "@pulumi/pulumi/cmd/run-policy-pack", args: [engine, folder] };
    case "resource":
      return { script: "@pulumi/pulumi/cmd/run-plugin", args: [folder, engine] };
    default:
      return undefined;
  }
}

/** The environment that the engine wants a plugin to have, `NAME=VALUE` each. Pure. */
export const pluginEnvironment = (lines: string[]): NodeJS.ProcessEnv =>
  Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );

/**
 * Starts a plugin, or gives undefined for a kind that is not known here. What it prints is for the engine, which waits for
 * the port on its standard output.
 */
export function startPlugin(request: pb.RunPluginRequest): ChildProcess | undefined {
  const start = pluginStart(request);
  if (!start) return undefined;
  const folder = request.getInfo()?.getProgramDirectory() ?? ".";
  const script = createRequire(join(folder, "package.json")).resolve(start.script);
  const child = spawn(process.execPath, [script, ...start.args], {
    cwd: request.getPwd(),
    env: pluginEnvironment(request.getEnvList()),
    stdio: ["ignore", "pipe", "pipe"],
  });
  process.once("exit", () => child.kill());
  return child;
}
