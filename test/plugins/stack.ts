import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { labDir } from "../../lab/paths";
import { anyCode, type RunResult } from "../../lab/run";
import { Workspace } from "../../lab/toolchain/workspace";
import { type Declared } from "./declared";

/** A resource as the state has it. */
export interface Kept {
  id: string;
  /** Secret ones as readable as the others. */
  outputs: Record<string, unknown>;
  /** Names of the outputs that are secret. */
  secret: string[];
}

/** What a plan does with a resource. */
export type Operation = "same" | "create" | "update" | "replace" | "delete";

/** A stack of one of the programs next to this file, on whichever plugins the lab has. */
export class ContractStack {
  /** All that the engine has printed so far. */
  printed = "";

  private constructor(
    private readonly workspace: Workspace,
    private readonly name: string,
    private readonly salt: string,
    private readonly program: string,
  ) {}

  static async open(folder: string, name: string, program = "program"): Promise<ContractStack> {
    const workspace = await Workspace.open(folder, join(labDir, "pulumi", "home"));
    const salt = await workspace.ensureStack("contract", name);
    return new ContractStack(workspace, name, salt, program);
  }

  /** Says what the next run is to make. */
  declare(resources: Declared[]): Promise<void> {
    // As text: the CLI would take an object with a key like `secure` for something of its own.
    return this.configure({ resources: JSON.stringify(resources) });
  }

  /** Gives the program its settings. */
  async configure(settings: Record<string, string>): Promise<void> {
    const config = Object.fromEntries(
      Object.entries(settings).map(([key, value]) => [`contract:${key}`, value]),
    );
    await writeFile(this.configFile, JSON.stringify({ config, encryptionsalt: this.salt }));
  }

  private get configFile(): string {
    return join(this.workspace.folder, `Pulumi.${this.name}.yaml`);
  }

  /** Runs a command of the CLI; any exit code is an answer. */
  async run(command: string, ...args: string[]): Promise<RunResult> {
    const common = ["--stack", this.name, "--non-interactive", "--config-file", this.configFile];
    const result = await this.pulumi(command, ...common, ...args);
    this.printed += result.stdout + result.stderr;
    return result;
  }

  /** Runs a command that has to succeed. Throws with everything that it printed. */
  async must(command: string, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(command, ...args);
    if (code !== 0) throw new Error(`pulumi ${command} ended with ${code}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  /** What `up` would do now, by logical name. What is not in it stays as it is. */
  async plan(): Promise<Record<string, Operation>> {
    const { steps = [] } = JSON.parse(await this.must("preview", "--json")) as {
      steps?: { op: Operation; urn: string }[];
    };
    return Object.fromEntries(
      // A replacement has further steps, for its halves.
      steps.filter(({ op }) => !op.includes("-")).map(({ op, urn }) => [nameIn(urn), op]),
    );
  }

  /** The resources by logical name. */
  async resources(): Promise<Record<string, Kept>> {
    const { stdout } = await this.pulumi("stack", "export", "--stack", this.name, "--show-secrets");
    const { deployment } = JSON.parse(stdout) as {
      deployment: { resources?: { urn: string; id?: string; outputs?: Kept["outputs"] }[] };
    };
    return Object.fromEntries(
      (deployment.resources ?? []).map(({ urn, id = "", outputs = {} }) => [
        nameIn(urn),
        { id, ...readable(outputs) },
      ]),
    );
  }

  /** The state file, as it lies on the disk. */
  stateText(): Promise<string> {
    return readFile(this.workspace.stateFile("contract", this.name), "utf8");
  }

  private pulumi(...args: string[]): Promise<RunResult> {
    return this.workspace.pulumi(args, { cwd: join(__dirname, this.program), allow: anyCode });
  }
}

/** How an export shows a secret, as JSON; the key is the same in every stack. */
interface Envelope {
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270";
  plaintext: string;
}

const isEnvelope = (value: unknown): value is Envelope =>
  typeof value === "object" &&
  value !== null &&
  "4dabf18193072939515e22adb298388d" in value &&
  "plaintext" in value;

/** Opens the secrets among the outputs. */
function readable(outputs: Record<string, unknown>): Pick<Kept, "outputs" | "secret"> {
  const entries = Object.entries(outputs);
  return {
    outputs: Object.fromEntries(
      entries.map(([name, value]) => [name, isEnvelope(value) ? JSON.parse(value.plaintext) : value]),
    ),
    secret: entries.filter(([, value]) => isEnvelope(value)).map(([name]) => name),
  };
}

const nameIn = (urn: string): string => urn.split("::").pop() as string;
