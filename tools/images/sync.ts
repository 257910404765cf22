import { below } from "../../components/images";
import { step } from "../../lab/progress";
import { exitCodes, Interrupted, Refusal } from "../outcome";
import { type Stack } from "../stack";
import { byDigest, byTag } from "./reference";
import { loginCommand, type Registries, withRegistries } from "./skopeo";
import { chosen, type WantedImage, wantedImages } from "./wanted";

export interface SyncOptions {
  /** Copy nothing; say what would be copied. */
  dryRun: boolean;
  /** Names of images. Empty: all. */
  only: string[];
  signal?: AbortSignal;
  /** Gets a line for each image. @default standard error */
  progress?: (line: string) => void;
}

export interface SyncedImage {
  names: string[];
  /** Reference in the image's own registry. */
  from: string;
  /** Reference in the mirror. */
  to: string;
  digest?: string;
  /** `there`: the mirror had this very content. */
  state: "there" | "copied" | "to copy" | "failed";
  problem?: string;
}

export interface SyncResult {
  stack: string;
  mirror: string;
  images: SyncedImage[];
  dryRun: boolean;
}

/**
 * Copies every image that the stack uses from its own registry into the mirror, by digest: the one that the stack has for
 * it, or what its tag is at this moment. One that fails stops none of the others. Run again, it goes on where it was.
 */
export async function sync(stack: Stack, options: SyncOptions): Promise<SyncResult> {
  const { dryRun, only, signal, progress = (line) => process.stderr.write(`${line}\n`) } = options;
  const { mirror } = stack.settings.images;
  if (mirror === undefined)
    throw new Refusal(`the stack has no mirror: set images.mirror in ${stack.file}; nothing was copied`);
  const wanted = wantedImages(stack.settings);
  const unknown = only.length > 0 ? [] : wanted.unknown;
  const list = chosen(wanted.images, only);
  const images: SyncedImage[] = unknown.map(({ name, problem }) => ({
    names: [name],
    from: "",
    to: "",
    state: "failed",
    problem,
  }));
  await withRegistries(
    stack.settings,
    async (registries) => {
      for (const [index, image] of list.entries()) {
        const count = `${index + 1}/${list.length}`;
        const done = await one(image, { stack, mirror, registries, dryRun, count });
        images.push(done);
        progress(`${count} ${image.names.join(", ")}: ${done.state} ${done.problem ?? done.to}`);
        if (signal?.aborted) throw interrupted(stack, only);
      }
    },
    signal,
  ).catch((error: unknown) => {
    throw (error as Error).name === "AbortError" ? interrupted(stack, only) : error;
  });
  return { stack: stack.name, mirror, images, dryRun };
}

const interrupted = ({ name }: Stack, only: string[]) =>
  new Interrupted(
    `interrupted; what was copied stays. To go on: npm run images:sync -- --stack ${name}${only.map((one) => ` --only ${one}`).join("")}`,
  );

interface Work {
  stack: Stack;
  mirror: string;
  registries: Registries;
  dryRun: boolean;
  count: string;
}

async function one({ names, reference, digest: known }: WantedImage, work: Work): Promise<SyncedImage> {
  const { stack, mirror, registries, dryRun, count } = work;
  const from = byTag(reference);
  const to = byTag(below(mirror, reference));
  const image = { names, from, to, digest: known };
  let asked = from;
  try {
    // With a digest the image's own registry is asked only when the mirror lacks it.
    const digest = known ?? (await registries.digestOf(from));
    if (digest === undefined)
      return { ...image, state: "failed", problem: `${from} is not there: see images.overrides` };
    asked = to;
    // Asked by the tag: a content without it would be found by hosts, but be gone at the registry's next cleaning.
    if ((await registries.digestOf(to)) === digest) return { ...image, digest, state: "there" };
    if (dryRun) return { ...image, digest, state: "to copy" };
    asked = from;
    await step(`Image ${count}, ${names[0]}: copy`, () => registries.copy(byDigest(from, digest), to));
    asked = to;
    const arrived = await registries.digestOf(to);
    if (arrived === digest) return { ...image, digest, state: "copied" };
    const what = arrived ?? "nothing";
    return { ...image, digest, state: "failed", problem: `${to} has ${what} after the copy, not ${digest}` };
  } catch (error) {
    if ((error as Error).name === "AbortError") throw error;
    const again = `npm run images:sync -- --stack ${stack.name} --only ${names[0]}`;
    const problem = `${(error as Error).message}; ${loginCommand(asked, mirror)}; then ${again}`;
    return { ...image, state: "failed", problem };
  }
}

export function syncExitCode({ images }: SyncResult): number {
  if (images.some(({ state }) => state === "failed")) return exitCodes.failed;
  return images.some(({ state }) => state === "to copy") ? exitCodes.unfinished : exitCodes.done;
}

export function renderSync({ mirror, images, stack, dryRun }: SyncResult): string {
  const count = (state: SyncedImage["state"]) => images.filter((image) => image.state === state).length;
  const failed = images.filter(({ state }) => state === "failed");
  return [
    ...failed.map(({ names, problem }) => `${names[0]}: ${problem ?? ""}`),
    dryRun
      ? `${mirror}: ${count("there")} images are there, ${count("to copy")} would be copied, of ${failed.length} nothing is known.`
      : `${mirror}: ${count("copied")} images copied, ${count("there")} were there, ${failed.length} failed.`,
    ...(failed.length === 0 && !dryRun ? [`To pull by digest: npm run images:pin -- --stack ${stack}`] : []),
  ].join("\n");
}
