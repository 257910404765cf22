import { createHash, randomBytes } from "node:crypto";
import { type Context, type Properties, type ResourceType } from "../resource-type";
import { daemonHost } from "./host";
import { changeWorld, hostIn, readWorld, type WorldHost } from "./world";

/** What a docker resource does in a world; its tables and checks are those of the real plugin. */
type Operations = Pick<ResourceType, "create" | "read" | "update" | "delete">;

/** The operations of the docker plugin's types on the world in a file, by type token. */
export function dockerOperations(file: string): Record<string, (type: ResourceType) => Operations> {
  const address = ({ config }: Context) => daemonHost(config.host);
  const see = <T>(context: Context, look: (host: WorldHost) => T) =>
    look(hostIn(readWorld(file), address(context)));
  const change = <T>(context: Context, work: (host: WorldHost) => T) =>
    changeWorld(file, (world) => work(hostIn(world, address(context))));

  return {
    "docker:index/container:Container": (type) => ({
      async create(inputs, context) {
        const id = randomBytes(32).toString("hex");
        change(context, (host) => {
          const named = host.containers.find(({ name }) => name === inputs.name);
          if (named)
            throw new Error(
              `${address(context)}: Conflict. The container name "/${inputs.name}" is already in use by container ` +
                `"${named.id}". You have to remove (or rename) that container to be able to reuse that name.`,
            );
          if (!host.images.some((image) => image.id === inputs.image || image.name === inputs.image))
            throw new Error(`${address(context)}: No such image: ${inputs.image}`);
          const { name, image } = inputs;
          host.containers.push({ name, id, image, state: runs(inputs), inputs, labels: labelsOf(inputs) });
        });
        return { id, outputs: containerOutputs(inputs) };
      },
      async read(id, state, context) {
        const seen = see(context, (host) => host.containers.find((container) => container.id === id));
        if (!seen) return undefined;
        const inputs = { ...known(type, state), ...seen.inputs };
        if (seen.state !== "running") inputs.mustRun = false; // so that the next update starts it
        return { inputs, outputs: containerOutputs(inputs) };
      },
      async update(id, _state, inputs, context) {
        change(context, (host) => {
          const container = host.containers.find((one) => one.id === id);
          if (!container) throw new Error(`${address(context)}: No such container: ${id}`);
          Object.assign(container, { inputs, state: runs(inputs) });
        });
        return containerOutputs(inputs);
      },
      async delete(id, _state, context) {
        change(context, (host) => remove(host.containers, (container) => container.id === id));
      },
    }),

    "docker:index/remoteImage:RemoteImage": (type) => ({
      async create({ ...inputs }, context) {
        const image = change(context, (host) => {
          const there = host.images.find(({ name }) => name === inputs.name);
          if (there) return there;
          const pulled = { name: inputs.name as string, id: `sha256:${sha256(inputs.name)}` };
          host.images.push(pulled);
          return pulled;
        });
        return { id: image.id + image.name, outputs: { ...inputs, ...imageOutputs(image) } };
      },
      async read(_id, state, context) {
        const seen = see(context, (host) => host.images.find(({ name }) => name === state.name));
        return (
          seen && { inputs: known(type, state), outputs: { ...known(type, state), ...imageOutputs(seen) } }
        );
      },
      update: async (_id, state, inputs) => ({ ...state, ...inputs }),
      async delete(_id, state, context) {
        if (!state.keepLocally)
          change(context, (host) => remove(host.images, ({ name }) => name === state.name));
      },
    }),

    "docker:index/network:Network": (type) => ({
      async create(inputs, context) {
        const id = randomBytes(32).toString("hex");
        change(context, (host) => {
          if (host.networks.some(({ name }) => name === inputs.name))
            throw new Error(`${address(context)}: network with name ${inputs.name} already exists`);
          host.networks.push({ name: inputs.name, id });
        });
        return { id, outputs: { ...inputs, scope: "local" } };
      },
      async read(id, state, context) {
        const there = see(context, (host) => host.networks.some((network) => network.id === id));
        return there ? { inputs: known(type, state), outputs: state } : undefined;
      },
      async delete(id, _state, context) {
        change(context, (host) => remove(host.networks, (network) => network.id === id));
      },
    }),

    "docker:index/volume:Volume": (type) => ({
      // One that is there already is taken over, as by Docker.
      async create(inputs, context) {
        change(context, (host) => {
          if (!host.volumes.some(({ name }) => name === inputs.name))
            host.volumes.push({ name: inputs.name });
        });
        return {
          id: inputs.name,
          outputs: { ...inputs, mountpoint: `/var/lib/docker/volumes/${inputs.name}/_data` },
        };
      },
      async read(id, state, context) {
        const there = see(context, (host) => host.volumes.some(({ name }) => name === id));
        return there ? { inputs: known(type, state), outputs: state } : undefined;
      },
      async delete(id, _state, context) {
        change(context, (host) => remove(host.volumes, ({ name }) => name === id));
      },
    }),
  };
}

const runs = ({ mustRun, start }: Properties) =>
  mustRun === false || start === false ? "exited" : "running";

const containerOutputs = (inputs: Properties) => ({ ...inputs, exitCode: 0, bridge: "", networkDatas: [] });

const imageOutputs = ({ name, id }: { name: string; id: string }) => ({
  imageId: id,
  repoDigest: `${name.replace(/@.*$|:[^:/]*$/, "")}@sha256:${sha256(id)}`,
});

function labelsOf({ labels = [] }: Properties): Record<string, string> {
  return Object.fromEntries(labels.map((one: { label: string; value: string }) => [one.label, one.value]));
}

/** The inputs within a state. */
const known = (type: ResourceType, state: Properties): Properties =>
  Object.fromEntries(Object.entries(state).filter(([name]) => name in type.inputs));

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

function remove<T>(items: T[], unwanted: (item: T) => boolean): void {
  const position = items.findIndex(unwanted);
  if (position >= 0) items.splice(position, 1);
}
