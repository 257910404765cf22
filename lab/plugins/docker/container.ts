import type Docker from "dockerode";
import { type Context, InitializationFailed, type Properties, type ResourceType } from "../resource-type";
import { autoName } from "./auto-name";
import { commandFor, DaemonError, isMissing, onDaemon } from "./connection";
import { createBody, inputsSeen } from "./container-body";
import { checkContainer, containerDefaults } from "./container-check";
import { containerFields } from "./container-fields";
import { containerLogs } from "./container-logs";
import { containerOutputs } from "./container-outputs";
import { bringUp } from "./container-start";

/** docker:index/container:Container */
export const container: ResourceType = {
  inputs: Object.fromEntries(Object.entries(containerFields).map(([name, { change }]) => [name, change])),
  required: ["image"],
  check: checkContainer,

  defaults: (inputs, olds, name) => ({ ...containerDefaults, ...inputs, name: autoName(inputs, olds, name) }),

  async create(inputs, context) {
    const { config } = context;
    const created = await onDaemon(config, (docker) =>
      // Name and body apart: otherwise the client would put all of it into the address as well.
      docker.createContainer({ _query: { name: inputs.name }, _body: createBody(inputs) } as object),
    ).catch((error) => {
      throw error instanceof DaemonError && error.status === 409
        ? new DaemonError(`${error.message} See ${commandFor(config, `inspect ${inputs.name}`)}`, 409)
        : error;
    });
    return { id: created.id, outputs: await run(created.id, inputs, context) };
  },

  async read(id, state, { config }) {
    const seen = await inspect(id, config);
    if (!seen) return undefined;
    const inputs = inputsSeen(state, seen);
    return { inputs, outputs: containerOutputs(inputs, seen, state.containerLogs) };
  },

  async update(id, state, inputs, context) {
    const changed = updatable.some((name) => state[name] !== inputs[name]);
    if (changed)
      await onDaemon(context.config, (docker) => docker.getContainer(id).update(updateBody(inputs)));
    return run(id, inputs, context, state.containerLogs);
  },

  /**
   * Stops it, with as many seconds of grace as `destroyGraceSeconds` says. Without that there are none: the official
   * plugin kills, whatever `stopTimeout` says.
   */
  async delete(id, state, { config }) {
    const grace: number = state.destroyGraceSeconds ?? 0;
    const patience = (grace + 120) * 1000;
    await onDaemon(
      config,
      async (docker) => {
        const old = docker.getContainer(id);
        await old.stop({ t: grace }).catch(unless(304)); // already stopped
        await old.remove({ v: state.removeVolumes ?? true, force: true }).catch(unless(409)); // being removed
      },
      patience,
    ).catch((error) => {
      if (!isMissing(error)) throw error;
    });
  },
};

/** Starts what was created; a failure leaves the container there, and the engine keeps it in its state. */
async function run(id: string, inputs: Properties, context: Context, logs?: string): Promise<Properties> {
  const { config } = context;
  let reason: string | undefined;
  await onDaemon(config, (docker) => bringUp(docker, id, inputs, context)).catch((error: Error) => {
    const answered = error instanceof DaemonError && error.status;
    reason =
      error.message + (answered ? `. To see more: ${commandFor(config, `inspect ${inputs.name}`)}` : "");
  });
  // From here on nothing may throw: the container's id would be lost.
  const written =
    inputs.attach && inputs.logs
      ? await onDaemon(config, (docker) => containerLogs(docker.getContainer(id))).catch(() => "")
      : logs;
  const seen = await inspect(id, config).catch(() => undefined);
  const outputs = seen ? containerOutputs(inputs, seen, written) : inputs;
  if (reason !== undefined) throw new InitializationFailed(id, outputs, [reason]);
  return outputs;
}

function inspect(id: string, config: Properties): Promise<Docker.ContainerInspectInfo | undefined> {
  return onDaemon(config, (docker) => docker.getContainer(id).inspect()).catch((error) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
}

const updatable = [
  "restart",
  "maxRetryCount",
  "memory",
  "memoryReservation",
  "memorySwap",
  "cpuShares",
  "cpuSet",
];

/** What `docker update` gets: always all of it, as in the official plugin. */
export function updateBody(inputs: Properties): object {
  const { HostConfig = {} } = createBody(inputs);
  const { Memory, MemoryReservation, MemorySwap, CpuShares, CpusetCpus, RestartPolicy } = HostConfig;
  return { Memory, MemoryReservation, MemorySwap, CpuShares, CpusetCpus, RestartPolicy };
}

/** Lets one status of the daemon pass. */
function unless(status: number) {
  return (error: { statusCode?: number }) => {
    if (error.statusCode !== status) throw error;
  };
}
