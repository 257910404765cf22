import { createHash } from "node:crypto";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { commandPlugin } from "../../lab/plugins/command";
import { dockerPlugin } from "../../lab/plugins/docker";
import { kubernetesPlugin } from "../../lab/plugins/kubernetes";
import { providerService } from "../../lab/plugins/provider/service";
import { randomPlugin } from "../../lab/plugins/random";
import { type Plugin, type Properties, type ResourceType } from "../../lab/plugins/resource-type";
import { type Listening, listenOnLoopback } from "../../lab/plugins/server";

/**
 * The stand-in plugins in this process, each with its own tables and checks, but without any outside: whatever is asked
 * for is there at once. Gives what the engine has to be told of them, and what ends them.
 */
export async function servePlugins(): Promise<{ attach: string; close(): void }> {
  const plugins = [randomPlugin, ...[commandPlugin, dockerPlugin, kubernetesPlugin].map(withoutOutside)];
  const listening: [string, Listening][] = await Promise.all(
    plugins.map(async (plugin): Promise<[string, Listening]> => {
      // An engine that did not start a plugin tells it where it is.
      const attach = (_call: unknown, done: (error: null, answer: Empty) => void) => done(null, new Empty());
      const service = { ...providerService(plugin), attach };
      return [plugin.name, await listenOnLoopback(providerGrpc.ResourceProviderService, service)];
    }),
  );
  return {
    attach: listening.map(([name, { port }]) => `${name}:${port}`).join(","),
    close: () => listening.forEach(([, one]) => one.close()),
  };
}

function withoutOutside(plugin: Plugin): Plugin {
  const made = (token: string, type: ResourceType): ResourceType => ({
    ...type,
    ...(plugin.name === "kubernetes" && withoutServer),
    create: async (inputs, { name }) => ({ id: idOf(token, name), outputs: outputsOf(token, inputs) }),
    update: async (_id, _state, inputs) => outputsOf(token, inputs),
    delete: async () => undefined,
    read: undefined,
  });
  const { typeOf } = plugin;
  return {
    ...plugin,
    types: Object.fromEntries(
      Object.entries(plugin.types).map(([token, type]) => [token, made(token, type)]),
    ),
    typeOf:
      typeOf &&
      ((token) => {
        const type = typeOf(token);
        return type && made(token, type);
      }),
  };
}

/** An API server would be asked what an object will be: here it is what was given, with a name. */
const withoutServer: Pick<ResourceType, "examine" | "compare" | "foresee"> = {
  examine: async (news, _olds, { name }) => {
    const metadata = (news.metadata ?? {}) as Properties;
    return { inputs: { ...news, metadata: { name, ...metadata } }, faults: [] };
  },
  compare: undefined,
  foresee: (inputs) => inputs,
};

const idOf = (token: string, name: string): string =>
  createHash("sha256").update(`${token} ${name}`).digest("hex");

function outputsOf(token: string, inputs: Properties): Properties {
  if (token === "docker:index/remoteImage:RemoteImage")
    return { ...inputs, imageId: `sha256:${idOf(token, String(inputs.name))}` };
  if (token === "command:remote:Command")
    return { ...inputs, stdout: printedBy(String(inputs.stdin)), stderr: "" };
  return inputs;
}

/** What the scripts of the program print where something of it is needed. */
function printedBy(script: string): string {
  if (/kubeadm init --config/.test(script)) return "cluster: made\nsha256:NOBODY\n";
  if (/config view --raw/.test(script))
    return JSON.stringify({
      "current-context": "admin",
      contexts: [{ name: "admin", context: { cluster: "bench", user: "admin" } }],
      clusters: [{ name: "bench", cluster: { server: "https://198.18.0.1:6443" } }],
      users: [{ name: "admin", user: { token: "none" } }],
    });
  return "0\n";
}
