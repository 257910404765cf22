import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Document, parseDocument } from "yaml";
import { labDir, projectRoot } from "../../lab/paths";
import { type RunOptions, type RunResult } from "../../lab/run";
import { onLabHost } from "../../lab/ssh";
import { type LabHost, labStackFile, readLabHosts, treeFile } from "../../lab/stack-file";
import { programArguments, runProgram } from "../program";

/** Firewall and settings of the machine before the lab came, kept by the first test for the last. */
export const machineBefore = join(tmpdir(), "farmstack-machine-before.json");

const cli = "lab/cli.ts";

/** Runs a command of the lab, as `npm run lab…` does; any exit code is an answer. */
export function lab(...args: string[]): Promise<RunResult> {
  return runProgram(cli, args);
}

/** `npm run NAME -- …` on the lab's stack, or another file of it; any exit code is an answer. */
export function command(
  name: string,
  args: string[],
  stackFile?: string,
  options?: RunOptions,
): Promise<RunResult> {
  const file = stackFile ? ["--config-file", stackFile] : [];
  return runProgram(`tools/${name}.ts`, ["--stack", "dev", ...file, ...args], options);
}

export const pulumi = (...args: string[]): Promise<RunResult> => lab("pulumi", ...args, "--non-interactive");

/** `up` of the dev stack without a preview; any exit code is an answer. */
export const tryUp = (...args: string[]): Promise<RunResult> =>
  pulumi("up", "--stack", "dev", "--yes", "--skip-preview", ...args);

/** `up` of the dev stack with a change of its configuration; any exit code is an answer. */
export const tryUpWith = async (change: Change): Promise<RunResult> =>
  tryUp("--config-file", await changedStack(change));

type Change = (document: Document.Parsed) => void;

/** `up` of the dev stack, in words that show what went wrong when it did. */
export async function up(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await tryUp(...args);
  if (code !== 0) throw new Error(`pulumi up ended with ${code}:\n${stdout}\n${stderr}`);
  return stdout + stderr;
}

/** A copy of the dev stack's configuration with a change; gives its path. */
export async function changedStack(change: Change): Promise<string> {
  const document = parseDocument(await readFile(labStackFile, "utf8"));
  change(document);
  const file = join(tmpdir(), `farmstack-stack-${process.pid}.yaml`);
  await writeFile(file, document.toString(), { mode: 0o600 });
  return file;
}

/** Changes the dev stack's configuration for all that follows, until the lab's `up` writes it again from the tree. */
export async function changeStack(change: Change): Promise<void> {
  const document = parseDocument(await readFile(labStackFile, "utf8"));
  change(document);
  await writeFile(labStackFile, document.toString(), { mode: 0o600 });
}

/** Settings of the dev stack that stand on its storage. */
const aboveStorage = ["kubernetes", "namespaces", "databases", "webApps", "logging"];
/** Settings of its Ceph beyond monitors and managers. */
const storage = ["osds", "metadataServers", "filesystems", "pools", "clients", "mounts"];

/** The tree's dev stack without what needs storage, but with these of its settings. */
export async function stackWithoutStorage(kept: string[]): Promise<Document.Parsed> {
  const document = parseDocument(await readFile(treeFile, "utf8"));
  for (const key of aboveStorage.filter((key) => !kept.includes(key)))
    document.deleteIn(["config", `farmstack:${key}`]);
  for (const key of storage) document.deleteIn(["config", "farmstack:ceph", key]);
  return document;
}

/** The tree's dev stack without what stands on its storage: a run of it is twice as quick. Gives the file's path. */
export async function storageStack(): Promise<string> {
  const document = parseDocument(await readFile(treeFile, "utf8"));
  for (const key of aboveStorage) document.deleteIn(["config", `farmstack:${key}`]);
  const file = join(tmpdir(), `farmstack-storage-${process.pid}.yaml`);
  await writeFile(file, document.toString());
  return file;
}

export async function host(name: string): Promise<LabHost> {
  const found = (await readLabHosts()).find((one) => one.name === name);
  if (!found) throw new Error(`the lab has no ${name}`);
  return found;
}

/** What a shell command on a host prints. */
export async function on(name: string, command: string): Promise<string> {
  return (await onLabHost(await host(name), command)).stdout.trim();
}

/**
 * Seconds until it holds; asks once a second, and fails after `limit` seconds, with what was thrown last. What throws
 * does not hold yet.
 */
export async function waitFor(condition: () => Promise<boolean>, limit: number): Promise<number> {
  const started = Date.now();
  let last = "";
  const holds = () =>
    condition().catch((error: Error) => {
      last = `: ${error.message}`;
      return false;
    });
  while (!(await holds())) {
    if (Date.now() - started > limit * 1000) throw new Error(`not within ${limit} s${last}`);
    await new Promise((wait) => setTimeout(wait, 1000));
  }
  return Math.round((Date.now() - started) / 1000);
}

/**
 * Starts the lab's `up`, with these arguments, and kills the Pulumi engine, without a chance to tidy up, as soon as `moment` holds.
 * Gives the exit code of the whole.
 */
export async function killEngineWhen(
  moment: () => Promise<boolean>,
  ...args: string[]
): Promise<number | null> {
  const child = spawn(process.execPath, programArguments(cli, "up", ...args), {
    cwd: projectRoot,
    stdio: "ignore",
  });
  const ended = new Promise<number | null>((done) => child.on("close", done));
  let over = false;
  void ended.then(() => (over = true));
  while (!over) {
    const engine = enginePid();
    if (engine !== undefined && (await moment().catch(() => false))) {
      process.kill(engine, "SIGKILL");
      return ended;
    }
    await new Promise((wait) => setTimeout(wait, 200));
  }
  throw new Error("up ended before the moment came");
}

/** The process of `pulumi up` in the lab's own home. */
function enginePid(): number | undefined {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const [program, command] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
      if (
        program === "pulumi" &&
        command === "up" &&
        environment.includes(`PULUMI_BACKEND_URL=file://${labDir}/`)
      ) {
        return Number(pid);
      }
    } catch {
      continue; // it ended
    }
  }
  return undefined;
}
