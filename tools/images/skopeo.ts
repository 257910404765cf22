import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { registryOf } from "../../components/images";
import { dockerConfig } from "../../components/docker-config";
import { readRegistry } from "../../config/registry";
import { type StackSettings } from "../../config/schema";
import { CommandFailed, run, type RunResult } from "../../lab/run";
import { lastLine } from "../connection";
import { partsOf } from "./reference";

/** Registries as skopeo reaches them, with the stack's login for the mirror. https://github.com/containers/skopeo */
export interface Registries {
  /** Digest of what a reference names: of the whole list when it is for several platforms; undefined: it is not there. */
  digestOf(reference: string): Promise<string | undefined>;
  /** Copies what a reference names, for all platforms, bit by bit. What is there already is not sent again. */
  copy(from: string, to: string): Promise<void>;
}

/** Works with the registries of a stack. What is written for skopeo, the login among it, is gone afterwards. */
export async function withRegistries<T>(
  { images, engine }: Pick<StackSettings, "images" | "engine">,
  work: (registries: Registries) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "farmstack-registry-"));
  try {
    const access = await writeAccess(folder, images);
    const insecure = new Set(engine.insecureRegistries);
    const flags = (reference: string, prefix: "" | "src-" | "dest-"): string[] => {
      const { registry } = partsOf(reference);
      const options = registry === access?.address ? access.options : [];
      const plain = insecure.has(registry) ? ["tls-verify=false"] : [];
      return [...options, ...plain].map((option) => `--${prefix}${option}`);
    };
    return await work({
      digestOf: (reference) => digestOf(reference, flags(reference, ""), signal),
      copy: async (from, to) => {
        const both = [...flags(from, "src-"), ...flags(to, "dest-")];
        const how = ["--all", "--preserve-digests", "--retry-times", "3"];
        await skopeo(["copy", ...how, ...both, `docker://${from}`, `docker://${to}`], signal);
      },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Login and authority of the mirror in files, as skopeo takes neither from standard input. Only their owner can read them. */
async function writeAccess(folder: string, images: StackSettings["images"]) {
  const registry = readRegistry(images);
  if (!registry) return undefined;
  const options: string[] = [];
  if (registry.ca !== undefined) {
    await mkdir(join(folder, "certificates"));
    await writeFile(join(folder, "certificates", "ca.crt"), registry.ca);
    options.push(`cert-dir=${join(folder, "certificates")}`);
  }
  if (registry.login) {
    const { username, password } = registry.login;
    const file = join(folder, "auth.json");
    await writeFile(file, dockerConfig(registry.address, username, password), { mode: 0o600 });
    options.push(`authfile=${file}`);
  }
  return { address: registry.address, options };
}

const missing = /manifest unknown|name unknown|status code 404|: not found/i;

async function digestOf(
  reference: string,
  flags: string[],
  signal?: AbortSignal,
): Promise<string | undefined> {
  try {
    const { stdout } = await skopeo(["inspect", "--raw", ...flags, `docker://${reference}`], signal);
    return `sha256:${createHash("sha256").update(stdout).digest("hex")}`;
  } catch (error) {
    if (error instanceof RegistryFailure && missing.test(error.message)) return undefined;
    throw error;
  }
}

/** What a registry refused, in skopeo's last words. */
export class RegistryFailure extends Error {}

async function skopeo(args: string[], signal?: AbortSignal): Promise<RunResult> {
  try {
    return await run("skopeo", args, { signal });
  } catch (error) {
    if (error instanceof CommandFailed) throw new RegistryFailure(reasonOf(error.result.stderr));
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      throw new Error("skopeo is not installed: install the package skopeo, 1.8 or newer");
    throw error;
  }
}

/** skopeo's messages are log lines with a time, and may be quoted twice. */
function reasonOf(stderr: string): string {
  const line = lastLine(stderr);
  const message = /msg="((?:[^"\\]|\\.)*)"/.exec(line)?.[1];
  return message === undefined ? line : message.replaceAll('\\"', '"').replaceAll("\\n", " ");
}

/** What to type to log in to a registry; for messages. */
export const loginCommand = (reference: string, mirror: string | undefined): string => {
  const { registry } = partsOf(reference);
  return mirror !== undefined && registry === registryOf(mirror)
    ? "see images.registry in the stack's file"
    : `if it asks for a login: skopeo login ${registry}`;
};
