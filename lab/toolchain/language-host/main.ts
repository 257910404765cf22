import * as grpc from "@grpc/grpc-js";
import languageGrpc from "@pulumi/pulumi/proto/language_grpc_pb";
import pb from "@pulumi/pulumi/proto/language_pb";
import pluginPb from "@pulumi/pulumi/proto/plugin_pb";
import { dependencies } from "../../../package.json";
import { endWithEngine, listenOnLoopback } from "../../plugins/server";
import { startPlugin } from "./plugin";
import { runProgram } from "./program";

// `pulumi-language-nodejs`: starts Node programs for the engine, which gives its address as the last argument. Only
// what `preview`, `up` and their like ask for; the rest is answered "unimplemented", which the engine understands.
const engine = process.argv[process.argv.length - 1] ?? "";

const service: grpc.UntypedServiceImplementation = {
  getPluginInfo: (_call: unknown, done: grpc.sendUnaryData<pluginPb.PluginInfo>) => {
    const info = new pluginPb.PluginInfo();
    info.setVersion(dependencies["@pulumi/pulumi"]);
    done(null, info);
  },
  // Each resource names the version of its plugin when it is registered; nothing has to be known before.
  getRequiredPackages: (_call: unknown, done: grpc.sendUnaryData<pb.GetRequiredPackagesResponse>) =>
    done(null, new pb.GetRequiredPackagesResponse()),
  // What a program or a plugin needs has been installed by npm before; here the answer is that all is there.
  installDependencies: (
    call: grpc.ServerWritableStream<pb.InstallDependenciesRequest, pb.InstallDependenciesResponse>,
  ) => call.end(),
  run: (
    call: grpc.ServerUnaryCall<pb.RunRequest, pb.RunResponse>,
    done: grpc.sendUnaryData<pb.RunResponse>,
  ) => {
    runProgram(call.request, engine).then(
      ({ error, bail }) => {
        const response = new pb.RunResponse();
        response.setError(error);
        response.setBail(bail);
        done(null, response);
      },
      (error: Error) => done({ code: grpc.status.UNKNOWN, details: error.message }),
    );
  },
  // Of plugins that are programs of Node: packs of policies, and components.
  runPlugin: (call: grpc.ServerWritableStream<pb.RunPluginRequest, pb.RunPluginResponse>) => {
    const child = startPlugin(call.request);
    if (!child) {
      call.emit("error", {
        code: grpc.status.UNIMPLEMENTED,
        details: `no plugins of kind ${call.request.getKind()}`,
      });
      return;
    }
    const say = (fill: (response: pb.RunPluginResponse) => void) => {
      const response = new pb.RunPluginResponse();
      fill(response);
      call.write(response);
    };
    child.stdout?.on("data", (bytes: Buffer) => say((response) => response.setStdout(bytes)));
    child.stderr?.on("data", (bytes: Buffer) => say((response) => response.setStderr(bytes)));
    child.on("error", (error) => call.emit("error", { code: grpc.status.UNKNOWN, details: error.message }));
    child.on("close", (code) => {
      say((response) => response.setExitcode(code ?? 1));
      call.end();
    });
    call.on("cancelled", () => child.kill());
  },
};

endWithEngine();
listenOnLoopback(languageGrpc.LanguageRuntimeService, service).then(
  ({ port }) => process.stdout.write(`${port}\n`), // how the engine learns the port
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  },
);
