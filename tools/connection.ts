import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { type SshSettings } from "../config/schema";
import { quote, wrapScript } from "../components/hosts/shell";
import { opensshOptions } from "../components/hosts/ssh";
import { labHosts } from "../lab/hosts/addresses";
import { assertLabRoute } from "../lab/hosts/route";
import { run, type RunResult } from "../lab/run";

/** A host as the system's ssh reaches it. */
export interface RemoteHost {
  name: string;
  address: string;
  /** The only key that it may show. */
  hostKey: string;
  ssh: SshSettings;
}

/** ssh got no session on a host. */
export class Unreachable extends Error {
  constructor(host: RemoteHost, reason: string) {
    super(
      `${host.name} (${host.address}) can't be reached by ssh: ${reason}. Try: ${shellCommand(host, "true")}`,
    );
  }
}

/** What to type to run a command on a host; for messages. */
export function shellCommand({ address, ssh: { user, port } }: RemoteHost, command: string): string {
  return `ssh ${port === 22 ? "" : `-p ${port} `}${user}@${address} ${user === "root" ? "" : "sudo "}${command}`;
}

const everyCode = Array.from({ length: 256 }, (_, code) => code);
/** ssh's own exit code for its own failures. */
const sshFailed = 255;

/**
 * Runs a script as root on a host; its text goes over standard input. Any exit code of the script is an answer.
 * Throws Unreachable when ssh fails. `timeout` in milliseconds.
 */
export async function onHost(host: RemoteHost, script: string, timeout = 90_000): Promise<RunResult> {
  const result = await run("ssh", await sshArguments(host, "sh -s"), {
    input: wrapScript(script),
    timeout,
    allow: everyCode,
  }).catch(explainMissingSsh);
  if (result.code === sshFailed) throw new Unreachable(host, lastLine(result.stderr));
  return result;
}

/**
 * Runs a script as root on a host and writes what it prints into a new file that only its owner can read. Gives the
 * sum of what was written. Throws when the script fails, or when `signal` ends it.
 */
export async function receive(
  host: RemoteHost,
  script: string,
  file: string,
  signal?: AbortSignal,
): Promise<{ sha256: string; bytes: number }> {
  // lab/run collects text; this is bytes, and too many to keep.
  const child = spawn("ssh", await sshArguments(host, "sh -s"), { signal, stdio: "pipe" });
  const ended = endOf(child, host);
  const hash = createHash("sha256");
  let bytes = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    hash.update(chunk);
    bytes += chunk.length;
  });
  child.stdin.on("error", () => undefined); // it ended before it read everything; its code tells
  child.stdin.end(wrapScript(script));
  const written = pipeline(child.stdout, createWriteStream(file, { mode: 0o600, flags: "wx" }), { signal });
  await bothOf(ended, written);
  return { sha256: hash.digest("hex"), bytes };
}

/** Runs a script as root on a host, with a file as its standard input. Throws when it fails. The script shows in the host's process list. */
export async function send(host: RemoteHost, script: string, file: string): Promise<void> {
  const child = spawn("ssh", await sshArguments(host, `sh -c ${quote(script)}`), { stdio: "pipe" });
  const ended = endOf(child, host);
  child.stdout.resume();
  createReadStream(file)
    .pipe(child.stdin)
    .on("error", () => undefined); // as above
  await ended;
}

/** Waits for both, also when one fails: nothing goes on behind the back of what comes next. */
async function bothOf(...works: Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(works)) if (result.status === "rejected") throw result.reason;
}

function endOf(child: ReturnType<typeof spawn>, host: RemoteHost): Promise<void> {
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return new Promise((done, failed) => {
    child.on("error", (error: NodeJS.ErrnoException) => {
      if (error.name === "AbortError") child.stdout?.destroy(); // or what still writes would be waited for
      explainMissingSsh(error).catch(failed);
    });
    child.on("close", (code) => {
      if (code === 0) done();
      else if (code === sshFailed) failed(new Unreachable(host, lastLine(stderr)));
      else failed(new Error(`${host.name}: ${lastLine(stderr)}`));
    });
  });
}

async function explainMissingSsh(error: NodeJS.ErrnoException): Promise<never> {
  throw error.code === "ENOENT" ? new Error("ssh is not installed: install the OpenSSH client") : error;
}

async function sshArguments(host: RemoteHost, command: string): Promise<string[]> {
  // Without the lab, the address of one of its hosts is some other machine's.
  if (labHosts.some(({ name, address }) => name === host.name && address === host.address))
    await assertLabRoute(host.address);
  const { user, port } = host.ssh;
  const asRoot = user === "root" ? command : `sudo -n ${command}`;
  return [
    ...opensshOptions(host.ssh, host.hostKey),
    "-l",
    user,
    "-p",
    String(port),
    host.address,
    "--",
    asRoot,
  ];
}

/** What a program said last, for messages. */
export function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) || "it said nothing";
}
