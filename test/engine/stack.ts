import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { build } from "esbuild";
import { stringify } from "yaml";
import { readWorld, type World, writeWorld } from "../../lab/plugins/memory/world";
import { cacheDir } from "../../lab/paths";
import { type RunResult } from "../../lab/run";
import { Workspace } from "../../lab/toolchain/workspace";

// Only the stand-in plugins can be without hosts, wherever official ones could be had.
process.env.FARMSTACK_TOOLCHAIN = "built";

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

/** As little storage as a stack can have, for tests of what stands beside it. */
export const smallCeph = { publicNetwork: "192.0.2.0/24", monitors: ["a"], managers: ["a"] };

/** The configuration of a stack on hosts that nobody can reach, since they are documentation addresses. */
export const exampleConfig = (names = ["a", "b", "c"]) => ({
  "pulumi:disable-default-providers": ["docker", "kubernetes"],
  "farmstack:hosts": names.map((name, i) => ({ name, address: `192.0.2.1${i + 1}`, hostKey })),
  "farmstack:images": { overrides: { ceph: "quay.io/ceph/ceph:v20.2.4" } } as Record<string, unknown>,
  "farmstack:ceph": {
    publicNetwork: "192.0.2.0/24",
    monitors: names,
    managers: names.slice(0, 2),
    osds: names.map((host) => ({ host, file: "osd0" })),
    metadataServers: names.slice(0, 1),
    filesystems: ["files"],
    managerModules: ["dashboard"],
    pools: [{ name: "disks" }],
    clients: [{ name: "reader", filesystem: "files", access: "read" }],
    mounts: [{ filesystem: "files", path: "/mnt/files", hosts: names.slice(-1) }],
  } as Record<string, unknown>,
  "farmstack:protectData": false as boolean,
});

/** A kubeconfig of a cluster that nobody can reach, as kubeadm writes it, with this as what lets its user in. */
export const exampleKubeconfig = (secret: string): string =>
  stringify({
    "current-context": "admin@kubernetes",
    contexts: [{ name: "admin@kubernetes", context: { cluster: "kubernetes", user: "admin" } }],
    clusters: [{ name: "kubernetes", cluster: { server: "https://192.0.2.20:8443" } }],
    users: [{ name: "admin", user: { token: secret } }],
  });

/** What hosts answer when they are made a cluster with that kubeconfig. */
export const clusterAnswers = (secret: string): World["answers"] => [
  { match: "kubeadm init --config", stdout: "cluster: made\nsha256:THE-CA\n" },
  { match: "config view --raw", stdout: exampleKubeconfig(secret) },
];

/** The engine writes the state once, at the end of a run: after each resource, it is half of a run's work. */
export const stateAtEnd = { PULUMI_SKIP_CHECKPOINTS: "true" };

/** A stack on the real engine, with the plugins in memory: nothing but a temporary folder is touched. */
export class EngineStack {
  private constructor(
    private readonly workspace: Workspace,
    private readonly folder: string,
    private readonly salt: string,
    private readonly name: string,
  ) {}

  static async create(config: object = exampleConfig(), name = "test"): Promise<EngineStack> {
    const folder = await mkdtemp(join(tmpdir(), "farmstack-engine-"));
    const workspace = await Workspace.open(folder, join(cacheDir, "engine-tests-home"));
    const salt = await workspace.ensureStack("farmstack", name);
    const stack = new EngineStack(workspace, folder, salt, name);
    await stack.configure(config);
    const fakeDocker = {
      entryPoints: [join(__dirname, "bin", "docker.ts")],
      outfile: join(folder, "docker.js"),
    };
    await build({ ...fakeDocker, bundle: true, platform: "node" });
    stack.changeWorld({ answers: [{ match: " osd new ", stdout: "0\n" }] });
    return stack;
  }

  /** A second stack in the state that this one has now. */
  async copy(): Promise<EngineStack> {
    const folder = await mkdtemp(join(tmpdir(), "farmstack-engine-"));
    await cp(this.folder, folder, { recursive: true });
    const workspace = await Workspace.open(folder, join(cacheDir, "engine-tests-home"));
    return new EngineStack(workspace, folder, this.salt, this.name);
  }

  async configure(config: object): Promise<void> {
    await writeFile(this.configFile, stringify({ config, encryptionsalt: this.salt }));
  }

  private get configFile(): string {
    return join(this.folder, `Pulumi.${this.name}.yaml`);
  }

  private get worldFile(): string {
    return join(this.folder, "world.json");
  }

  get world(): World {
    return readWorld(this.worldFile);
  }

  /** Replaces parts of the world; the rest stays. */
  changeWorld(parts: Partial<World>): void {
    writeWorld(this.worldFile, { ...this.world, ...parts });
  }

  /** A command of the CLI that reads the configuration; any exit code is an answer. */
  run(command: string, ...args: string[]): Promise<RunResult> {
    const common = ["--stack", this.name, "--non-interactive", "--config-file", this.configFile];
    return this.pulumi([command, ...common, ...args]);
  }

  /** Whether the state is written after each resource, for what happens to a run that is cut. */
  checkpoints = false;

  /** Everything that the CLI has printed. */
  printed = "";

  async pulumi(args: string[]): Promise<RunResult> {
    const result = await this.workspace.pulumi(args, {
      allow: Array.from({ length: 256 }, (_, code) => code),
      env: {
        ...(this.checkpoints ? {} : stateAtEnd),
        FARMSTACK_PLUGIN_WORLD: this.worldFile,
        FARMSTACK_FAKE_DOCKER: join(this.folder, "docker.js"),
        PATH: `${join(__dirname, "bin")}${delimiter}${this.workspace.path}`,
      },
    });
    this.printed += result.stdout + result.stderr;
    return result;
  }

  /** `up` without a preview; throws with everything it printed when it failed. */
  async up(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run("up", "--yes", "--skip-preview", ...args);
    if (code !== 0) throw new Error(`up ended with ${code}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  /** Resources of the state: logical name, inputs, of containers the engine's id, and the URNs of what was waited for. */
  async resources(): Promise<(StateResource & { name: string; dependencies: string[] })[]> {
    const state = JSON.parse(await this.stateText()) as {
      checkpoint: { latest: { resources?: StateResource[] } };
    };
    return (state.checkpoint.latest.resources ?? []).map(({ urn, type, id, inputs, dependencies = [] }) => ({
      urn,
      type,
      id,
      inputs,
      dependencies,
      name: urn.split("::").pop() as string,
    }));
  }

  stateText(): Promise<string> {
    return readFile(this.workspace.stateFile("farmstack", this.name), "utf8");
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  dependencies?: string[];
}
