import { createHash } from "node:crypto";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { type Host } from "../hosts";
import { type ImageName } from "../images";
import { removeLeftover } from "./leftover";

/** A file inside the container, put there before it starts. Its content is in the state as a secret. */
export interface ContainerFile {
  /** Absolute path in the container. */
  path: string;
  /** Its text. */
  content: pulumi.Input<string>;
  /** Octal permissions. @default 0444 */
  mode?: string;
  /** Number of the user, and of the group, that it belongs to. @default root */
  owner?: number;
}

/** A directory of the host. It outlives the container. */
export interface ContainerVolume {
  /** Absolute path on the host. */
  hostPath: string;
  /** Absolute path in the container. */
  path: string;
  /** Whether it can write nothing there. @default false */
  readOnly?: boolean;
}

/**
 * What is called when a container is deleted. The hooks have fixed names, so that the engine finds them for containers
 * that the program no longer declares.
 */
export interface RemovalHooks {
  /** Called before the container is stopped; what it throws keeps the container. */
  beforeDelete: pulumi.ResourceHook;
  /** Called when the container is gone. @default none */
  afterDelete?: pulumi.ResourceHook;
}

export interface ContainerArgs {
  /** Host that it runs on. */
  host: Host;
  /** Name in images.ts. */
  image: ImageName;
  /** Tag in the place of the catalog's, for programs whose version is a setting. @default the catalog's */
  tag?: string;
  /** The program and its arguments; the image's own entrypoint is not used. Never put a secret here. */
  command: pulumi.Input<string>[];
  /** User that the program runs as. @default the image's own */
  user?: string;
  /** Component that it belongs to, as a label: `ceph`, `mesos`, … */
  component: string;
  /** `host`, or the name of a network on the host. @default host */
  network?: string;
  /** A network of the host in the place of `network`, and the names that the container has there. @default none */
  ownNetwork?: { name: pulumi.Input<string>; aliases: string[] };
  /** Ports of the host that lead to it; not in the host's own network. @default none */
  ports?: { host: number; container: number }[];
  /** Variables; they show in the plan and in `docker inspect`, so nothing secret. @default none */
  environment?: Record<string, pulumi.Input<string>>;
  /** Files that are put into it before it starts. A change replaces the container. @default none */
  files?: ContainerFile[];
  /** Directories of the host in it. @default none */
  volumes?: ContainerVolume[];
  /** Directories in memory, path → mount options. @default none */
  tmpfs?: Record<string, string>;
  /** Most memory that it may use, MiB; beyond it the kernel ends it. */
  memoryMiB: number;
  /** Devices of the host, and their paths in the container. @default none */
  devices?: { hostPath: string; path: string }[];
  /** Limits of its processes, soft and hard alike; -1 is none. @default the engine's */
  limits?: Record<string, number>;
  /** Seconds that it has to end by itself before it is killed. @default 30 */
  stopWithin?: number;
  /** Linux capabilities beyond the engine's default set. @default none */
  capabilities?: string[];
  /** Whether it has no capabilities but those. @default false */
  dropsCapabilities?: boolean;
  /** Size of /dev/shm, MiB. @default the engine's 64 */
  sharedMemoryMiB?: number;
  /** What is called when it is deleted. @default nothing */
  removal?: RemovalHooks;
  /**
   * Whether what it mounts below its volumes shows on the host. AppArmor's profile for containers, which forbids
   * mounting, is off then. @default false
   */
  sharesMounts?: boolean;
  /** Command that tells whether it is healthy, and how often it runs. @default the image's own, if it has one */
  health?: { command: string[]; interval: string };
}

/**
 * SHA-256 of everything in the arguments whose change replaces the container. It is known before the container is
 * touched, so that a step in front of it can be bound to the change.
 */
export function containerFingerprint(args: ContainerArgs): pulumi.Output<string> {
  const { command, user, network, files, volumes, sharesMounts, tmpfs, devices, capabilities, health } = args;
  const { limits, stopWithin, ownNetwork, ports, environment, dropsCapabilities, sharedMemoryMiB } = args;
  return pulumi
    .all([
      args.host.image(args.image, args.tag),
      {
        ...{ command, user, network, files, volumes, sharesMounts, tmpfs, devices, capabilities, health },
        ...{ limits, stopWithin, ownNetwork, ports, environment, dropsCapabilities, sharedMemoryMiB },
      },
    ])
    .apply((parts) => createHash("sha256").update(JSON.stringify(parts)).digest("hex"));
}

/**
 * The one way to run a container on a host. The container has the component's name, writes its log as rotated JSON
 * files, and comes back after a crash and after a boot. A change of anything but its memory replaces it,
 * the old one ending first: names, ports and data directories are its alone.
 * https://www.pulumi.com/registry/packages/docker/api-docs/container/
 */
export class Container extends pulumi.ComponentResource {
  /** Its name on the host, which is the component's. */
  public readonly containerName: string;
  /** Id that the engine gave it: another one means that the container is another. */
  public readonly containerId: pulumi.Output<string>;

  constructor(name: string, args: ContainerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("farmstack:container:Container", name, {}, opts);
    const { host } = args;
    this.containerName = name;

    const labels = {
      "farmstack.component": args.component,
      "farmstack.project": pulumi.getProject(),
      "farmstack.stack": pulumi.getStack(),
    };
    const container = new docker.Container(
      `${name}-container`,
      {
        name,
        image: host.image(args.image, args.tag),
        entrypoints: args.command.slice(0, 1),
        command: args.command.slice(1),
        user: args.user,
        // On its way into its own network a container starts in the engine's, which the provider takes it out of.
        networkMode: args.ownNetwork ? "bridge" : (args.network ?? "host"),
        networksAdvanced: args.ownNetwork && [args.ownNetwork],
        ports: args.ports?.map((port) => ({ internal: port.container, external: port.host })),
        envs: args.environment && variables(args.environment),
        uploads: args.files?.map(({ path, content, mode, owner }) => ({
          file: path,
          content: pulumi.secret(content),
          permissions: mode ?? "0444",
          ...(owner === undefined ? {} : { owner: String(owner), group: String(owner) }),
        })),
        ...(args.sharesMounts
          ? { mounts: args.volumes?.map(sharedMount), securityOpts: ["apparmor=unconfined"] }
          : {
              volumes: args.volumes?.map(({ hostPath, path, readOnly }) => ({
                hostPath,
                containerPath: path,
                readOnly: readOnly ?? false,
              })),
            }),
        tmpfs: args.tmpfs,
        memory: args.memoryMiB,
        ulimits:
          args.limits &&
          Object.entries(args.limits).map(([name, limit]) => ({ name, soft: limit, hard: limit })),
        devices: args.devices?.map(({ hostPath, path }) => ({
          hostPath,
          containerPath: path,
          permissions: "rwm",
        })),
        capabilities:
          args.capabilities || args.dropsCapabilities
            ? { adds: args.capabilities, drops: args.dropsCapabilities ? ["ALL"] : undefined }
            : undefined,
        shmSize: args.sharedMemoryMiB,
        healthcheck: args.health && {
          tests: ["CMD", ...args.health.command],
          interval: args.health.interval,
          timeout: "10s",
          retries: 3,
          startPeriod: "60s",
        },
        restart: "unless-stopped",
        logDriver: "json-file",
        logOpts: host.logOptions,
        stopTimeout: args.stopWithin ?? 30,
        destroyGraceSeconds: args.stopWithin ?? 30, // without it the provider kills at once
        labels: Object.entries(labels).map(([label, value]) => ({ label, value })),
      },
      {
        parent: this,
        provider: host.docker,
        deleteBeforeReplace: true,
        // The provider calls a change of these an update, and then changes nothing on the container.
        replaceOnChanges: ["healthcheck", "tmpfs"],
        hooks: {
          beforeCreate: [removeLeftover(host, name, labels)],
          beforeDelete: args.removal && [args.removal.beforeDelete],
          afterDelete: args.removal?.afterDelete && [args.removal.afterDelete],
        },
      },
    );
    this.containerId = container.id;
    this.registerOutputs({ containerName: name, containerId: this.containerId });
  }
}

const variables = (environment: Record<string, pulumi.Input<string>>) =>
  Object.entries(environment).map(([name, value]) => pulumi.interpolate`${name}=${value}`);

/** What is mounted below it in the container is mounted on the host too. The host's directory has to be there. */
const sharedMount = ({ hostPath, path, readOnly }: ContainerVolume) => ({
  type: "bind",
  source: hostPath,
  target: path,
  readOnly: readOnly ?? false,
  bindOptions: { propagation: readOnly ? "rprivate" : "rshared" }, // nothing is mounted below what can't be written
});
