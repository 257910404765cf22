import type Docker from "dockerode";
import { type Change, type Properties, type ResourceType } from "../resource-type";
import { commandFor, DaemonError, hostLabel, isMissing, onDaemon } from "./connection";
import { parseImage } from "./image-reference";
import { inputsOf } from "./inputs-of";

const inputs: Record<string, Change> = {
  name: "replace",
  platform: "replace",
  pullTriggers: "replace",
  triggers: "replace",
  keepLocally: "update",
  forceRemove: "update",
};

/** docker:index/remoteImage:RemoteImage: an image on the host, pulled when it is not there. */
export const remoteImage: ResourceType = {
  inputs,
  required: ["name"],

  async create(inputs, { config }) {
    const image = (await find(inputs.name, config)) ?? (await pull(inputs, config));
    // The official plugin's id has the name in it, since two resources can mean the same image.
    return { id: image.Id + inputs.name, outputs: outputs(inputs, image) };
  },

  async read(_id, state, { config }) {
    const image = await find(state.name, config);
    if (!image) return undefined;
    const known = inputsOf(state, inputs);
    return { inputs: known, outputs: outputs(known, image) };
  },

  async update(_id, state, inputs, { config }) {
    const image = await find(inputs.name, config);
    return image ? outputs(inputs, image) : { ...state, ...inputs };
  },

  async delete(_id, state, { config }) {
    if (state.keepLocally) return;
    await onDaemon(config, (docker) =>
      docker.getImage(state.name).remove({ force: state.forceRemove ?? false }),
    ).catch((error) => {
      if (!isMissing(error)) throw error;
    });
  },
};

/** The image on the host, or undefined. What is there is not pulled again, as with the official plugin. */
function find(name: string, config: Properties): Promise<Docker.ImageInspectInfo | undefined> {
  return onDaemon(config, (docker) => docker.getImage(name).inspect()).catch((error) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
}

async function pull(inputs: Properties, config: Properties): Promise<Docker.ImageInspectInfo> {
  const { registry, repository, version } = parseImage(inputs.name);
  const from = { fromImage: repository, tag: version, platform: inputs.platform ?? "" };
  try {
    await onDaemon(config, async (docker) => {
      const progress = await docker.createImage(credentials(registry, config), from);
      await finished(docker, progress).catch((error: Error) => {
        throw new DaemonError(`${hostLabel(config)}: ${error.message}`, 500);
      });
    });
  } catch (error) {
    const { message, status } = error as DaemonError;
    const byHand = status ? `. To try it by hand: ${commandFor(config, `pull ${inputs.name}`)}` : "";
    throw new DaemonError(`image ${inputs.name} cannot be pulled on ${message}${byHand}`);
  }
  const image = await find(inputs.name, config);
  if (!image) throw new DaemonError(`${hostLabel(config)}: image ${inputs.name} was pulled but is not there`);
  return image;
}

/** Waits for the end of a pull; an error comes as one of its progress lines. */
function finished(docker: Docker, progress: NodeJS.ReadableStream): Promise<void> {
  return new Promise((done, failed) =>
    docker.modem.followProgress(progress, (error, lines: { error?: string }[] = []) => {
      const told = lines.find((line) => line.error)?.error;
      if (error ?? told) failed(error ?? new Error(told));
      else done();
    }),
  );
}

/** The login for a registry, from the provider's `registryAuth`; empty when there is none. */
export function credentials(registry: string, config: Properties): Docker.AuthConfigObject | object {
  const host = (address: string) => address.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
  const logins: Properties[] = config.registryAuth ?? [];
  const login = logins.find(({ address }) => host(address) === registry);
  if (!login) return {};
  return { username: login.username, password: login.password, serveraddress: login.address };
}

function outputs(inputs: Properties, image: Docker.ImageInspectInfo): Properties {
  return { ...inputs, imageId: image.Id, repoDigest: repoDigest(inputs.name, image.RepoDigests ?? []) };
}

/** The digest under which the image's own repository knows it; empty for an image that was never in a registry. */
export function repoDigest(name: string, digests: string[]): string {
  const { repository } = parseImage(name);
  return digests.find((digest) => digest.startsWith(`${repository}@`)) ?? digests[0] ?? "";
}
