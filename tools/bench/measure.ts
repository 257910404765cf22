import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { stringify } from "yaml";
import { labMemory } from "../../lab/memory";
import { cacheDir } from "../../lab/paths";
import { anyCode } from "../../lab/run";
import { Workspace } from "../../lab/toolchain/workspace";
import { servePlugins } from "./plugins";

/** One run of the CLI. Seconds of wall time, and of each phase. */
export interface Measurement {
  seconds: number;
  phases: Phases;
  cpu: Cpu;
  /** Peak of the program's process, MiB. */
  programMiB: number;
  /** Peak of the engine, its language host and the program together, MiB; looked at every two seconds. */
  allMiB: number;
}

export interface Phases {
  /** The CLI and the engine start, the state is read, the language host starts. */
  engine: number;
  /** Node starts, the SDK and ts-node are loaded. */
  sdk: number;
  /** The program's own modules are loaded and compiled. */
  modules: number;
  /** The program declares its resources; the engine and the plugins do what that asks for. */
  resources: number;
  /** The engine writes the state and ends. */
  end: number;
}

/** Seconds of processor time: much the same, whatever else the machine does. */
export interface Cpu {
  /** The program's process; the next three are its parts. */
  program: number;
  sdk: number;
  modules: number;
  resources: number;
  /** The engine with its language host. */
  engine: number;
  /** The plugins, which are in the measuring process. */
  plugins: number;
}

/** A stack whose runs are measured, in a folder of its own. */
export class MeasuredStack {
  private constructor(
    private readonly workspace: Workspace,
    private readonly folder: string,
    private readonly salt: string,
    private readonly program: string | undefined,
  ) {}

  /** @param program folder of the program. @default this project's */
  static async create(config: object, program?: string): Promise<MeasuredStack> {
    const folder = await mkdtemp(join(tmpdir(), "farmstack-bench-"));
    const workspace = await Workspace.open(folder, join(cacheDir, "bench-home"));
    const stack = new MeasuredStack(
      workspace,
      folder,
      await workspace.ensureStack("farmstack", "bench"),
      program,
    );
    await stack.configure(config);
    // Hooks ask hosts by ssh whether something is in the way: nothing is.
    await writeFile(join(folder, "ssh"), "#!/bin/sh\nexit 0\n", { mode: 0o755 });
    return stack;
  }

  configure(config: object): Promise<void> {
    return writeFile(this.configFile, stringify({ config, encryptionsalt: this.salt }));
  }

  private get configFile(): string {
    return join(this.folder, "Pulumi.bench.yaml");
  }

  /**
   * Throws with what the CLI printed when it failed.
   * @param profile file for a profile of the program's processor time, which a browser's tools open. @default none
   */
  async measure(command: "preview" | "up", profile?: string): Promise<Measurement> {
    const clock = join(this.folder, "clock.json");
    await rm(clock, { force: true });
    const served = await servePlugins();
    const own = labMemory([]);
    let peak = 0;
    const look = setInterval(() => (peak = Math.max(peak, labMemory([]) - own)), 2000);
    const yes = command === "up" ? ["--yes", "--skip-preview"] : [];
    const [started, children, before] = [Date.now(), childrenCpu(), process.cpuUsage()];
    try {
      const { code, stdout, stderr } = await this.workspace.pulumi(
        [command, "--stack", "bench", "--non-interactive", "--config-file", this.configFile, ...yes],
        {
          cwd: this.program,
          allow: anyCode,
          env: {
            PULUMI_DEBUG_PROVIDERS: served.attach,
            // The whole state is written after each resource otherwise, which measures the disk.
            PULUMI_EXPERIMENTAL: "true",
            PULUMI_SKIP_CHECKPOINTS: "true",
            NODE_OPTIONS: `--require ${join(__dirname, "clock.cjs")}`,
            FARMSTACK_BENCH_PROFILE: profile,
            FARMSTACK_BENCH_CLOCK: clock,
            PATH: `${this.folder}${delimiter}${this.workspace.path}`,
          },
        },
      );
      const ended = Date.now();
      if (code !== 0) throw new Error(`${command} ended with ${code}:\n${(stderr || stdout).slice(-3000)}`);
      const plugins = process.cpuUsage(before);
      const times = JSON.parse(await readFile(clock, "utf8")) as Times;
      return {
        seconds: (ended - started) / 1000,
        phases: phasesOf(started, times, ended),
        cpu: cpuOf(times, childrenCpu() - children, (plugins.user + plugins.system) / 1e6),
        programMiB: times.peakKiB / 1024,
        allMiB: peak,
      };
    } finally {
      clearInterval(look);
      served.close();
    }
  }

  /** How many resources the state has. */
  async resources(): Promise<number> {
    const state = JSON.parse(await readFile(this.workspace.stateFile("farmstack", "bench"), "utf8")) as {
      checkpoint: { latest?: { resources?: unknown[] } };
    };
    return state.checkpoint.latest?.resources?.length ?? 0;
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

/** What clock.cjs wrote: ms since 1970. */
export interface Times {
  process: number;
  program: number;
  imported?: number;
  exit: number;
  peakKiB: number;
  /** Seconds of processor time up to the same marks. */
  cpu: { program: number; imported?: number; exit: number };
}

/** Pure. */
export function phasesOf(started: number, times: Times, ended: number): Phases {
  const imported = times.imported ?? times.program;
  const marks = [started, times.process, times.program, imported, times.exit, ended];
  const [engine = 0, sdk = 0, modules = 0, resources = 0, end = 0] = marks
    .slice(1)
    .map((mark, index) => (mark - (marks[index] as number)) / 1000);
  return { engine, sdk, modules, resources, end };
}

/** Pure. `children`: seconds of the engine with all that it started and waited for, the program among it. */
export function cpuOf({ cpu }: Times, children: number, plugins: number): Cpu {
  const { program, imported = program, exit } = cpu;
  return {
    program: exit,
    sdk: program,
    modules: imported - program,
    resources: exit - imported,
    engine: Math.max(children - exit, 0),
    plugins,
  };
}

/** Seconds of processor time of all processes that this one started and that have ended. 0 where there is no /proc. */
function childrenCpu(): number {
  if (!existsSync("/proc/self/stat")) return 0;
  // proc(5): cutime and cstime are the 16th and 17th, in hundredths; the 2nd is a name in brackets.
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ").pop()?.split(" ") ?? [];
  return (Number(fields[13]) + Number(fields[14])) / 100;
}
