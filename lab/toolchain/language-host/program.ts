import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import type pb from "@pulumi/pulumi/proto/language_pb";

/** Exit code with which the SDK says that it has told the user already what is wrong. */
const alreadyTold = 32;

/** How a program ended; `error` is empty when all went well or the user has been told. */
export interface Ending {
  error: string;
  bail: boolean;
}

/** Arguments of the SDK's own start script, `@pulumi/pulumi/cmd/run`. Pure. */
export function runArguments(request: pb.RunRequest, engine: string): string[] {
  const options: Record<string, string> = {
    monitor: request.getMonitorAddress(),
    engine,
    organization: request.getOrganization(),
    project: request.getProject(),
    "root-directory": request.getInfo()?.getRootDirectory() ?? "",
    stack: request.getStack(),
    pwd: request.getPwd(),
    parallel: String(request.getParallel()),
  };
  const given = Object.entries(options).filter(([, value]) => value !== "");
  return [
    ...given.flatMap(([name, value]) => [`--${name}`, value]),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    request.getProgram() || ".",
    ...request.getArgsList(),
  ];
}

/** Configuration as the SDK reads it, from the environment of the program alone. Pure. */
export function runEnvironment(request: pb.RunRequest): NodeJS.ProcessEnv {
  return {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toObject(false))),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    PULUMI_NODEJS_TYPESCRIPT: "true",
  };
}

/** Runs the program of a request to its end. What it prints comes out of this process, where the engine collects it. */
export function runProgram(request: pb.RunRequest, engine: string): Promise<Ending> {
  const start = createRequire(join(request.getPwd(), "package.json")).resolve("@pulumi/pulumi/cmd/run");
  const child = spawn(process.execPath, [start, ...runArguments(request, engine)], {
    cwd: request.getPwd(),
    env: { ...process.env, ...runEnvironment(request) },
    stdio: ["ignore", "inherit", "inherit"],
  });
  process.once("exit", () => child.kill());
  return new Promise((done, failed) => {
    child.on("error", failed);
    child.on("close", (code, signal) => {
      if (code === alreadyTold) done({ error: "", bail: true });
      else if (code === 0) done({ error: "", bail: false });
      else done({ error: `the program ended with ${code ?? signal}`, bail: false });
    });
  });
}
