import { execFile } from "node:child_process";
import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { imageReference, type ImageName, type ImageSources } from "../images";
import {
  defaultDataDirectory,
  type EngineArgs,
  engineDefaults,
  logOptions,
  prepareScript,
  type SystemArgs,
  systemDefaults,
} from "./prepare";
import { quote, wrapScript } from "./shell";
import { opensshOptions, readPrivateKey, type SshArgs } from "./ssh";

export interface HostArgs {
  /** IP address or DNS name. */
  address: string;
  /** The host's public key, an OpenSSH line such as `ssh-ed25519 AAAA…`. Any other key is refused. */
  hostKey: string;
  /** How it is logged in to. */
  ssh: SshArgs;
  /** The container engine. @default each field's own */
  engine?: Partial<EngineArgs>;
  /** Everything else on the host. @default each field's own */
  system?: Partial<SystemArgs>;
  /** Where images come from. @default their own registries */
  images?: ImageSources;
  /** Directory on the host for all data of the stack, made by the preparation. @default /var/lib/farmstack */
  dataDirectory?: string;
}

/** A script for a host. */
export interface HostScript {
  /** POSIX shell, run by root. It has to be idempotent: it runs again whenever its text changes. */
  script: pulumi.Input<string>;
  /** Longest time it may take, such as `5m`. @default 10m */
  timeout?: string;
  /** Shell command, run by root when the resource is deleted. Shows in the plan and in the state: no secrets. @default none */
  undo?: string;
  /** What it prints is a secret: kept out of the engine's log, and encrypted in the state. @default false */
  printsSecret?: boolean;
}

/**
 * A Linux machine of one's own, reached by SSH only: prepared (container engine and its settings, kernel settings,
 * time zone, sshd limits, audit rules), with a Docker provider that other components put their containers on.
 * Whatever depends on the Host or uses its provider waits for the preparation.
 *
 * What the preparation does, step by step, is in prepare.sh.
 */
export class Host extends pulumi.ComponentResource {
  /** The component's name, by which containers, nodes and messages call it. */
  public readonly hostName: string;
  /** IP address or DNS name, as given. */
  public readonly address: string;
  /** Directory on the host for all data of the stack, as given. */
  public readonly dataDirectory: string;
  /** Provider for containers on this host. */
  public readonly docker: docker.Provider;
  /** What the preparation reported: a line for each part. */
  public readonly preparation: pulumi.Output<string>;

  private readonly args: ReturnType<typeof withDefaults>;
  private readonly images = new Map<ImageName, docker.RemoteImage>();

  constructor(name: string, given: HostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("farmstack:hosts:Host", name, {}, opts);
    const args = withDefaults(given);
    this.args = args;
    this.hostName = name;
    this.address = args.address;
    this.dataDirectory = args.dataDirectory;

    const prepare = this.run(
      "prepare",
      { script: prepareScript({ ...args, hostName: name, registry: args.images.registry }), timeout: "20m" },
      { parent: this },
    );
    this.preparation = prepare.stdout;

    const { user, port } = args.ssh;
    const { registry } = args.images;
    const login = registry?.login && {
      username: registry.login.username,
      password: pulumi.secret(registry.login.password),
    };
    this.docker = new docker.Provider(
      `${name}-docker`,
      {
        host: `ssh://${user}@${args.address}:${port}`,
        sshOpts: this.sshOptions,
        ...(login ? { registryAuth: [{ address: registry?.address, ...login }] } : {}),
      },
      { parent: this, dependsOn: prepare },
    );

    this.registerOutputs({ hostName: name, address: this.address, preparation: this.preparation });
  }

  /** Options with which OpenSSH reaches this host and no other. */
  public get sshOptions(): string[] {
    return opensshOptions(this.args.ssh, this.args.hostKey);
  }

  /** Rotation of containers' logs on this host, as Docker's json-file driver takes it. */
  public get logOptions(): Record<string, string> {
    return logOptions(this.args.engine);
  }

  /** Directory of the engine with a folder for each container, in which its log is. */
  public get containersDirectory(): string {
    return `${this.args.engine.dataRoot}/containers`;
  }

  /** What to type to look into something on this host; for messages. */
  public shellCommand(remote: string): string {
    const { user, port } = this.args.ssh;
    return `ssh ${port === 22 ? "" : `-p ${port} `}${user}@${this.address} ${user === "root" ? "" : "sudo "}${remote}`;
  }

  /**
   * Runs a script on the host as root. The text goes over standard input: it shows in the plan (unless it is a
   * secret), and neither in the host's process list nor in the message of a failure.
   */
  public run(
    what: string,
    { script, timeout = "10m", undo, printsSecret = false }: HostScript,
    opts: pulumi.CustomResourceOptions,
  ): command.remote.Command {
    const { ssh, address, hostKey } = this.args;
    const asRoot = (command: string) => (ssh.user === "root" ? command : `sudo -n ${command}`);
    return new command.remote.Command(
      `${this.hostName}-${what}`,
      {
        connection: {
          host: address,
          port: ssh.port,
          user: ssh.user,
          privateKey: readPrivateKey(ssh),
          hostKey,
          dialErrorLimit: -1, // a host that boots answers later; the timeout is the limit
        },
        create: asRoot("sh -s"),
        delete: undo && asRoot(`sh -c ${quote(undo)}`),
        stdin: pulumi.output(script).apply(wrapScript),
        addPreviousOutputInEnv: false, // sshd refuses these variables
        ...(printsSecret ? { logging: "none" as const } : {}),
      },
      {
        customTimeouts: { create: timeout, update: timeout, delete: timeout },
        deleteBeforeReplace: undo !== undefined, // or what was just done would be undone
        ...(printsSecret ? { additionalSecretOutputs: ["stdout"] } : {}),
        ...opts,
      },
    );
  }

  /**
   * Asks something on the host right now, through the system's ssh, as the login that the stack has. For hooks, which
   * run while the engine is at work; anything that is to be in the plan is a resource (`run`).
   */
  public ask(command: string): Promise<{ ok: boolean; output: string }> {
    const { ssh, address } = this.args;
    const args = [...this.sshOptions, "-l", ssh.user, "-p", String(ssh.port), address, "--", command];
    return new Promise((done, failed) =>
      execFile("ssh", args, { timeout: 60_000 }, (error, stdout, stderr) => {
        if (!error) done({ ok: true, output: stdout.trim() });
        // 255 is ssh's own word; any other code is the command's.
        else if (error.code === 255 || typeof error.code !== "number")
          failed(new Error(`${this.hostName} (${address}) can't be reached by ssh: ${stderr.trim()}`));
        else done({ ok: false, output: (stdout + stderr).trim() });
      }),
    );
  }

  /**
   * Id of an image of the catalog on this host; it is pulled once, however many containers use it. All of them on a host
   * have the same tag.
   * @param tag in the place of the catalog's
   */
  public image(name: ImageName, tag?: string): pulumi.Output<string> {
    let image = this.images.get(name);
    if (!image) {
      image = new docker.RemoteImage(
        `${this.hostName}-image-${name}`,
        { name: imageReference(name, this.args.images, tag), keepLocally: true },
        { parent: this, provider: this.docker },
      );
      this.images.set(name, image);
    }
    return image.imageId;
  }
}

const withDefaults = ({
  engine,
  system,
  images = { overrides: {} },
  dataDirectory = defaultDataDirectory,
  ...args
}: HostArgs) => ({
  ...args,
  images,
  dataDirectory,
  engine: { ...engineDefaults, ...engine },
  system: { ...systemDefaults, ...system },
});
