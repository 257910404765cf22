import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { projectRoot } from "../paths";
import { run, type RunOptions, type RunResult } from "../run";
import { locateToolchain } from "./locate";

/** A PULUMI_HOME, a file backend and a passphrase in one folder, apart from anything of the user's. */
export class Workspace {
  private constructor(
    readonly folder: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** Opens the workspace in `folder`; makes what is missing, the toolchain included. `home` may be shared. */
  static async open(folder: string, home = join(folder, "home")): Promise<Workspace> {
    const backend = join(folder, "backend");
    const passphrase = join(folder, "passphrase");
    await mkdir(backend, { recursive: true, mode: 0o700 });
    if (!existsSync(passphrase))
      await writeFile(passphrase, randomBytes(24).toString("base64url"), { mode: 0o600 });
    const { kind, path } = await locateToolchain(home);
    return new Workspace(folder, {
      ...process.env,
      PULUMI_HOME: home,
      // Without the files of attributes beside the state: they are not written in one step, and one that a killed engine
      // left empty makes the state unreadable.
      PULUMI_BACKEND_URL: `file://${backend}?metadata=skip`,
      PULUMI_CONFIG_PASSPHRASE: undefined, // it would win over the file
      PULUMI_CONFIG_PASSPHRASE_FILE: passphrase,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // A plugin that is missing is to be an error at once and not a wait for a download site.
      ...(kind === "built" ? { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" } : {}),
      PATH: [...path, process.env.PATH].join(delimiter),
    });
  }

  /** PATH on which the CLI and its language host are found. */
  get path(): string {
    return this.env.PATH ?? "";
  }

  /** Runs the CLI. @default cwd: this project */
  async pulumi(args: string[], options: RunOptions = {}): Promise<RunResult> {
    await this.dropDeadLocks();
    return run("pulumi", args, { cwd: projectRoot, ...options, env: { ...this.env, ...options.env } });
  }

  /** State file of a stack; it is there once the stack was created. */
  stateFile(project: string, stack: string): string {
    return join(this.folder, "backend", ".pulumi", "stacks", project, `${stack}.json`);
  }

  /**
   * Creates the stack unless it exists and gives its encryption salt. The CLI writes the salt into the project's
   * stack file; done in a folder of its own, nothing in the checkout changes.
   */
  async ensureStack(project: string, stack: string): Promise<string> {
    const saltFile = join(this.folder, `${project}.${stack}.salt`);
    if (existsSync(this.stateFile(project, stack)) && existsSync(saltFile)) return readFile(saltFile, "utf8");
    const scratch = await mkdtemp(join(tmpdir(), "farmstack-"));
    try {
      await writeFile(join(scratch, "Pulumi.yaml"), `name: ${project}\nruntime: nodejs\n`);
      await this.pulumi(["stack", "init", stack, "--no-select"], { cwd: scratch });
      const written = parse(await readFile(join(scratch, `Pulumi.${stack}.yaml`), "utf8")) as {
        encryptionsalt: string;
      };
      await writeFile(saltFile, written.encryptionsalt);
      return written.encryptionsalt;
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }

  /** An engine that was killed leaves its lock behind. One whose process on this machine is gone holds nothing. */
  private async dropDeadLocks(): Promise<void> {
    const locks = join(this.folder, "backend", ".pulumi", "locks");
    const files = await readdir(locks, { recursive: true }).catch(() => []);
    for (const file of files.filter((name) => name.endsWith(".json"))) {
      const lock = JSON.parse(await readFile(join(locks, file), "utf8")) as { pid: number; hostname: string };
      if (lock.hostname !== hostname() || isRunning(lock.pid)) continue;
      process.stderr.write(`the run of process ${lock.pid} was cut: its lock is removed\n`);
      await rm(join(locks, file));
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
