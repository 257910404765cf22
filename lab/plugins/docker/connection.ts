import Docker from "dockerode";
import { Agent } from "node:http";
import { InitializationFailed, type Properties } from "../resource-type";
import { SshAgent, type SshTarget, sshDestination } from "./ssh-agent";

/** Milliseconds that one call to a daemon may take. */
const defaultLimit = 120_000;

const agents = new Map<string, Agent>();

/** A failed call to a Docker daemon. Its message names the host and what to type next. */
export class DaemonError extends Error {
  constructor(
    message: string,
    /** Status of the daemon's answer; undefined when there was none. */
    readonly status?: number,
  ) {
    super(message);
  }
}

/** True when the daemon answered that there is no such thing. */
export const isMissing = (error: unknown) => error instanceof DaemonError && error.status === 404;

/**
 * Runs calls to the daemon of a provider configuration.
 * @param limit milliseconds that each call may take; for a stream, without a sign of life.
 * @throws DaemonError
 */
export async function onDaemon<T>(
  config: Properties,
  work: (docker: Docker) => Promise<T>,
  limit = defaultLimit,
): Promise<T> {
  try {
    return await work(connect(config, limit));
  } catch (error) {
    if (error instanceof DaemonError || error instanceof InitializationFailed) throw error;
    throw explain(config, error as Failure);
  }
}

/** Ends all connections. */
export function disconnect(): void {
  for (const agent of agents.values()) agent.destroy();
  agents.clear();
}

/** The host as a person knows it: its alias in the ssh options, when there is one, and its address. */
export function hostLabel(config: Properties): string {
  const address = parse(config);
  if ("socket" in address) return config.host;
  const alias = /HostKeyAlias[= ]([^\s,]+)/.exec(address.options.join(" "))?.[1];
  return alias ? `${alias} (${address.host})` : address.host;
}

/** A docker command line for the daemon of this configuration, to be typed by a person. */
export function commandFor(config: Properties, docker: string): string {
  const address = parse(config);
  const words =
    "socket" in address ? ["docker", "-H", config.host] : ["ssh", ...sshDestination(address), "docker"];
  return [...words, docker].join(" ");
}

function connect(config: Properties, limit: number): Docker {
  const address = parse(config);
  if ("socket" in address) {
    const agent = reuse(address.socket, () => new Agent({ keepAlive: true, maxSockets: 4 }));
    return client({ socketPath: address.socket, agent }, limit);
  }
  const agent = reuse(JSON.stringify(address), () => new SshAgent(address));
  // The name is only the Host header: the agent decides where the connection goes.
  return client({ host: "docker", port: 80, agent }, limit);
}

/**
 * A client whose calls fail after `limit`. Its own timeout looks only at a connection's silence, which is right for
 * streams; a connection that breaks in the middle of an answer would leave any other call waiting forever.
 */
function client(options: Docker.DockerOptions & { agent: Agent }, limit: number): Docker {
  const docker = new Docker({ ...options, protocol: "http", timeout: limit });
  const dial = docker.modem.dial.bind(docker.modem);
  docker.modem.dial = (call, callback) =>
    dial(call.isStream ? call : { ...call, abortSignal: AbortSignal.timeout(limit) }, callback);
  return docker;
}

function reuse(key: string, make: () => Agent): Agent {
  const agent = agents.get(key) ?? make();
  agents.set(key, agent);
  return agent;
}

/** Never falls back to the operator's own daemon: a provider without a host is an error. */
function parse(config: Properties): SshTarget | { socket: string } {
  const url = URL.canParse(config.host ?? "") ? new URL(config.host) : undefined;
  if (url?.protocol === "unix:") return { socket: url.pathname };
  if (url?.protocol !== "ssh:" || !url.hostname)
    throw new DaemonError(
      `docker provider: host must be ssh://user@address or unix:///path, not ${JSON.stringify(config.host)}`,
    );
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    user: decodeURIComponent(url.username) || undefined,
    port: url.port || undefined,
    options: config.sshOpts ?? [],
  };
}

/** Without the client's own words around the daemon's. */
const bareMessage = ({ message }: Error) => message.replace(/^\(HTTP code \d+\) .*? - /, "").trim();

interface Failure extends Error {
  code?: string;
  statusCode?: number;
  json?: { message?: string };
}

function explain(config: Properties, failure: Failure): DaemonError {
  const host = hostLabel(config);
  if (failure.statusCode)
    return new DaemonError(`${host}: ${failure.json?.message ?? bareMessage(failure)}`, failure.statusCode);
  const silent = failure.name === "AbortError" || failure.message === "socket hang up";
  const reason = silent ? "the Docker daemon does not answer" : failure.message.replace(/\.+$/, "");
  return new DaemonError(`${host}: ${reason}. To see for yourself: ${commandFor(config, "version")}`);
}
