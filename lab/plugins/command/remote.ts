import { type Client, type ClientChannel, type SFTPWrapper } from "ssh2";
import { type ResourceType } from "../resource-type";
import { withConnection } from "./connect";
import { checkConnection } from "./connection-inputs";
import { streamLog } from "./logging";
import {
  commandOperations,
  failureMessage,
  type Job,
  previousOutput,
  type Printed,
  type Runner,
} from "./operations";

/** Runs a script by the login shell of a host, over SSH. */
export const runRemotely: Runner = (job) =>
  withConnection(job.inputs.connection, job.context, async (client) => {
    await testEnvironment(client, job);
    return execute(client, job);
  });

/** command:remote:Command. `triggers` replaces it, although its documentation says otherwise. */
export const remoteCommand: ResourceType = {
  inputs: {
    connection: "update",
    create: "update",
    update: "update",
    delete: "update",
    stdin: "update",
    environment: "update",
    addPreviousOutputInEnv: "update",
    logging: "update",
    triggers: "replace",
  },
  required: ["connection"],
  check: checkConnection,
  ...commandOperations(runRemotely),
};

/**
 * ssh2 does not ask whether the server took a variable, except before opening an SFTP session: so each one is tried
 * there before the script runs. A server without SFTP has taken the variable when that is what it complains about.
 */
async function testEnvironment(client: Client, { inputs }: Job): Promise<void> {
  for (const [name, value] of Object.entries<string>(inputs.environment ?? {})) {
    const refused = await new Promise<boolean>((done) =>
      (client.sftp as unknown as SftpWithEnvironment).call(client, { [name]: value }, (error, sftp) => {
        sftp?.end();
        done(error?.message === "Unable to set environment");
      }),
    );
    if (refused)
      throw new Error(
        `${inputs.connection.host}: the SSH server does not take the environment variable ${name}. ` +
          `Let it by "AcceptEnv ${name}" in sshd_config, or set it in the command itself`,
      );
  }
}

/** Missing in the types of ssh2. */
type SftpWithEnvironment = (
  environment: Record<string, string>,
  done: (error: Error | undefined, sftp?: SFTPWrapper) => void,
) => void;

function execute(client: Client, job: Job): Promise<Printed> {
  const env = { ...previousOutput(job), ...job.inputs.environment };
  return new Promise((done, failed) =>
    client.exec(job.script, { env }, (error, channel) => {
      if (error) failed(new Error(`${job.inputs.connection.host}: ${error.message}`));
      // At once, not after an await: a quick command's exit status may be in the packet that we are reading.
      else collect(channel, job).then(done, failed);
    }),
  );
}

function collect(channel: ClientChannel, job: Job): Promise<Printed> {
  const log = streamLog(job);
  const printed = { stdout: "", stderr: "", both: "" };
  const take = (stream: "stdout" | "stderr") => (text: string) => {
    printed[stream] += text;
    printed.both += text;
    log[stream].write(text);
  };
  return new Promise((done, failed) => {
    let ending: { code: number | null; signal?: string } | undefined;
    channel.setEncoding("utf8").on("data", take("stdout"));
    channel.stderr.setEncoding("utf8").on("data", take("stderr"));
    channel.on("exit", (code: number | null, signal?: string) => (ending = { code, signal }));
    channel.on("error", failed);
    channel.on("close", () => {
      log.stdout.end();
      log.stderr.end();
      if (ending?.code === 0) return done(printed);
      const how = !ending
        ? "the command ended without an exit status"
        : ending.code === null
          ? `Process exited with signal ${ending.signal}`
          : `Process exited with status ${ending.code}`;
      failed(new Error(`${job.inputs.connection.host}: ${failureMessage(how, job.script, printed.both)}`));
    });
    channel.end(job.inputs.stdin ?? "");
  });
}
