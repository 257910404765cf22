import type Docker from "dockerode";
import { setTimeout as sleep } from "node:timers/promises";
import { type Context, type Properties } from "../resource-type";
import { commandFor, DaemonError, hostLabel } from "./connection";
import { containerLogs } from "./container-logs";
import { uploadArchive } from "./upload-archive";

/** Milliseconds between two looks at a container that is waited for. */
const pause = 250;
/** Milliseconds in which a container that ends has "exited at once". */
const settling = 1000;
/** Milliseconds that the engine has to start it again, where its restart policy says so. */
const backAgain = 5000;
/** Seconds that the official plugin gives a container that it is attached to. */
const attachTimeout = 20 * 60;

/**
 * Brings a container that exists to what its inputs say: networks, files, started, healthy. Does only what is not yet
 * done, so that it also goes on where an earlier run broke off.
 * @throws DaemonError with the reason, the last health output and the last log lines.
 */
export async function bringUp(
  docker: Docker,
  id: string,
  inputs: Properties,
  context: Context,
): Promise<void> {
  const container = docker.getContainer(id);
  const { State, NetworkSettings } = await container.inspect();
  const isNew = State.Status === "created";
  if (isNew) {
    await connectNetworks(docker, id, inputs, Object.keys(NetworkSettings.Networks));
    if (inputs.uploads?.length) await container.putArchive(uploadArchive(inputs.uploads), { path: "/" });
  }
  if (!inputs.start) return;
  if (!State.Running && (isNew || inputs.mustRun)) await container.start();

  if (inputs.attach) await untilEnded(container, inputs, context);
  else if (inputs.wait) await untilHealthy(container, inputs, context);
  else if (inputs.mustRun) await untilSettled(container, inputs, context);
}

/** As the official plugin does it: off the default network that every container starts on, then onto its own. */
async function connectNetworks(
  docker: Docker,
  id: string,
  inputs: Properties,
  connected: string[],
): Promise<void> {
  const wanted: Properties[] = inputs.networksAdvanced ?? [];
  const names = wanted.map(({ name }) => name);
  if (wanted.length > 0 && connected.includes("bridge") && !names.includes("bridge"))
    await docker.getNetwork("bridge").disconnect({ Container: id });
  for (const { name, aliases, ipv4Address, ipv6Address, macAddress } of wanted)
    if (!connected.includes(name))
      await docker.getNetwork(name).connect({
        Container: id,
        EndpointConfig: {
          Aliases: aliases,
          MacAddress: macAddress,
          IPAMConfig: { IPv4Address: ipv4Address, IPv6Address: ipv6Address },
        },
      });
}

async function untilHealthy(
  container: Docker.Container,
  inputs: Properties,
  context: Context,
): Promise<void> {
  const seconds: number = inputs.waitTimeout;
  const state = await look(
    container,
    context,
    seconds,
    (state) => hasEnded(state, inputs) || !isStarting(state),
  );
  if (state.Health?.Status === "healthy" && state.Running) return;
  const last = state.Health?.Log?.at(-1);
  throw await failure(container, inputs, context, [
    whyUnhealthy(state, seconds),
    last && `Last health check (exit code ${last.ExitCode}): ${last.Output.trim() || "no output"}`,
  ]);
}

function whyUnhealthy({ Running, ExitCode, Health }: State, seconds: number): string {
  if (!Running) return `ended with exit code ${ExitCode}`;
  return Health ? `was not healthy after ${seconds} s` : "has no healthcheck, which wait: true needs";
}

/**
 * A container that ends right after its start is a fault, unless the program says `mustRun: false`. One that is started again
 * by its restart policy may do so once: a daemon that crashed at its first start serves as well as another.
 */
async function untilSettled(
  container: Docker.Container,
  inputs: Properties,
  context: Context,
): Promise<void> {
  const settled = () =>
    look(container, context, settling / 1000, (state) => !state.Running || state.Restarting);
  let state = await settled();
  if (!hasEnded(state, inputs) && !isUp(state)) {
    await look(container, context, backAgain / 1000, isUp);
    state = await settled();
  }
  if (!isUp(state))
    throw await failure(container, inputs, context, [`ended at once with exit code ${state.ExitCode}`]);
}

async function untilEnded(container: Docker.Container, inputs: Properties, context: Context): Promise<void> {
  const seconds = context.timeout ? context.timeout / 1000 : attachTimeout;
  const state = await look(container, context, seconds, ({ Running }) => !Running);
  if (state.Running) throw await failure(container, inputs, context, [`did not end within ${seconds} s`]);
}

type State = Docker.ContainerInspectInfo["State"];

const isStarting = ({ Health, Running }: State) =>
  !Running || (Health !== undefined && Health.Status !== "healthy");
const isUp = ({ Running, Restarting }: State) => Running && !Restarting;
/** Ended for good: a restart policy would bring it back. */
const hasEnded = ({ Running, Restarting }: State, { restart }: Properties) =>
  !Running && !Restarting && restart === "no";

/** Looks at a container until `done`, for so many seconds or until the run is cancelled; gives what it saw last. */
async function look(
  container: Docker.Container,
  { cancelled, config }: Context,
  seconds: number,
  done: (state: State) => boolean,
): Promise<State> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const { State } = await container.inspect();
    if (done(State) || Date.now() >= end) return State;
    if (cancelled.aborted)
      throw new DaemonError(`${hostLabel(config)}: cancelled while waiting for a container`);
    await sleep(Math.min(pause, Math.max(end - Date.now(), 0)));
  }
}

/** An error with what the container wrote last and how to see more. */
async function failure(
  container: Docker.Container,
  { name }: Properties,
  { config }: Context,
  reasons: (string | undefined)[],
): Promise<DaemonError> {
  const lines = (await containerLogs(container, 10)).trimEnd();
  const [first, ...others] = reasons.filter((reason) => reason !== undefined);
  return new DaemonError(
    [
      `${hostLabel(config)}: container ${name} ${first}`,
      ...others,
      lines ? `Last lines of its log:\n${lines}` : "It wrote nothing to its log.",
      `To see more: ${commandFor(config, `logs ${name}`)}`,
    ].join("\n"),
  );
}
