import { readFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { projectRoot } from "../lab/paths";
import { step } from "../lab/progress";
import { run } from "../lab/run";
import { labStackFile } from "../lab/stack-file";

/** A resource of a stack's state. */
export interface StateResource {
  urn: string;
  /** Type token. */
  type: string;
  /** Logical name. */
  name: string;
  id?: string;
  /** URN of its parent. */
  parent?: string;
  /** URN of its provider. */
  provider?: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}

/** The state of a stack, without its secrets: where one was, there is nothing. */
export interface StackState {
  stack: string;
  resources: StateResource[];
  /** What the stack says of itself. */
  outputs: Record<string, unknown>;
}

/** What the options of a command say about where the state is. */
export interface StateChoice {
  /** File that `pulumi stack export` wrote. @default none: the Pulumi CLI is asked */
  state?: string;
  /** The Pulumi CLI, with its first arguments. @default pulumiCommand */
  pulumi?: string;
}

/** The CLI that knows a stack: FARMSTACK_PULUMI, for the lab's own stack the lab's, otherwise `pulumi`. */
export function pulumiCommand(stack: string | undefined): string {
  const isLab = stack === "dev" && existsSync(labStackFile);
  return process.env.FARMSTACK_PULUMI ?? (isLab ? "npm run --silent pulumi --" : "pulumi");
}

/**
 * The state of a stack. `stack` may be undefined when a file is named. Throws when there is no such stack, or no CLI.
 */
export async function readState(stack: string | undefined, choice: StateChoice = {}): Promise<StackState> {
  if (choice.state !== undefined) return parseState(await readFile(choice.state, "utf8"));
  const [program = "", ...first] = (choice.pulumi ?? pulumiCommand(stack)).split(" ").filter(Boolean);
  const args = [...first, "stack", "export", ...(stack === undefined ? [] : ["--stack", stack])];
  const { stdout } = await step("reading the state", () =>
    run(program, args, { cwd: projectRoot, timeout: 300_000 }),
  ).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT"
      ? new Error(
          `there is no ${program} here: name it with --pulumi or FARMSTACK_PULUMI, or give --state FILE, which pulumi stack export makes`,
        )
      : error;
  });
  return parseState(stdout);
}

/** What `pulumi stack export` printed, or a file of the state. Pure. Throws when the text is neither. */
export function parseState(text: string): StackState {
  const { deployment, checkpoint } = parseJson(text);
  const raw = deployment?.resources ?? checkpoint?.latest?.resources;
  if (!deployment && !checkpoint)
    throw new Error("this is no state: pulumi stack export --stack NAME --file FILE makes one");
  const resources = (raw ?? []).filter((resource) => resource.delete !== true).map(resourceOf);
  const root = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  return {
    stack: root?.urn.split(":")[2] ?? "",
    resources,
    outputs: root?.outputs ?? {},
  };
}

interface RawResource {
  urn: string;
  type: string;
  id?: string;
  parent?: string;
  provider?: string;
  inputs?: object;
  outputs?: object;
  /** The engine still has to delete it. */
  delete?: boolean;
}

interface RawState {
  deployment?: { resources?: RawResource[] };
  checkpoint?: { latest?: { resources?: RawResource[] } };
}

function parseJson(text: string): RawState {
  try {
    return JSON.parse(text) as RawState;
  } catch {
    throw new Error("this is no state: it is not JSON");
  }
}

const resourceOf = ({ urn, type, id, parent, provider, inputs, outputs }: RawResource): StateResource => ({
  urn,
  type,
  id,
  parent,
  provider,
  name: urn.split("::").at(-1) ?? "",
  inputs: (withoutSecrets(inputs) ?? {}) as Record<string, unknown>,
  outputs: (withoutSecrets(outputs) ?? {}) as Record<string, unknown>,
});

/** The key by which the engine marks values that are not plain ones, and what it says of secrets. */
const mark = "4dabf18193072939515e22adb298388d";
const secretMark = "1b47061264138c4ac30d75fd1eb44270";

/** The value with nothing in the place of its secrets, be they encrypted or in clear. */
function withoutSecrets(value: unknown): unknown {
  if (typeof value === "string") return value === "[secret]" ? undefined : value;
  if (Array.isArray(value)) return value.map(withoutSecrets).filter((item) => item !== undefined);
  if (typeof value !== "object" || value === null) return value;
  if ((value as Record<string, unknown>)[mark] === secretMark) return undefined;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => {
      const plain = withoutSecrets(item);
      return plain === undefined ? [] : [[key, plain]];
    }),
  );
}
