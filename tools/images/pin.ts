import { below } from "../../components/images";
import { readStackFile, replaceFile } from "../host-keys/stack-file";
import { exitCodes, Interrupted, Refusal } from "../outcome";
import { type Stack } from "../stack";
import { table } from "../table";
import { renderDigests } from "./pin-file";
import { byTag, partsOf } from "./reference";
import { loginCommand, withRegistries } from "./skopeo";
import { chosen, type WantedImage, wantedImages } from "./wanted";

export interface PinOptions {
  /** Write nothing; say what is not as the file has it. */
  check: boolean;
  /** Ask the images' own registries, although the stack has a mirror. */
  upstream: boolean;
  /** Names of images; the digests of others stay as they are. Empty: all. */
  only: string[];
  signal?: AbortSignal;
}

export interface PinnedImage {
  names: string[];
  reference: string;
  /** Where it was asked for. */
  asked: string;
  /** What the stack has. */
  before?: string;
  /** What the registry has. */
  digest?: string;
  /** `kept`: as it was; `new` and `changed`: not as the file has it; `failed`: nothing was found out. */
  state: "kept" | "new" | "changed" | "failed";
  problem?: string;
}

export interface PinResult {
  stack: string;
  file: string;
  images: PinnedImage[];
  /** References of digests that nothing in the stack uses any more. */
  unused: string[];
  /** Whether the file was written. */
  written: boolean;
  check: boolean;
}

/**
 * Asks for the digest of each image that the stack uses where its hosts would pull it, and writes them into the stack's
 * file; nothing is written when one can't be found out.
 */
export async function pin(stack: Stack, { check, upstream, only, signal }: PinOptions): Promise<PinResult> {
  const { mirror, digests } = stack.settings.images;
  if (upstream && mirror === undefined)
    throw new Refusal("the stack has no images.mirror, so its images come from their own registries anyway");
  // kubeadm asks by tag: a digest would reach nobody.
  const wanted = wantedImages(stack.settings).images.filter(({ takesDigest }) => takesDigest);
  const images: PinnedImage[] = [];
  await withRegistries(
    stack.settings,
    async ({ digestOf }) => {
      for (const image of chosen(wanted, only)) {
        const asked = byTag(upstream ? image.reference : below(mirror, image.reference));
        images.push(await look(image, asked, () => digestOf(asked), stack));
        if (signal?.aborted) throw new Interrupted("interrupted; nothing was written");
      }
    },
    signal,
  );
  const used = new Set(wanted.map(({ reference }) => reference));
  const unused = only.length > 0 ? [] : Object.keys(digests).filter((reference) => !used.has(reference));
  const result = { stack: stack.name, file: stack.file, images, unused, written: false, check };
  if (check || images.some(({ state }) => state === "failed")) return result;
  const next = nextDigests(digests, images, unused);
  if (images.every(({ state }) => state === "kept") && unused.length === 0) return result;
  await replaceFile(stack.file, renderDigests(await readStackFile(stack.file), next));
  return { ...result, written: true };
}

async function look(
  { names, reference, digest: before }: WantedImage,
  asked: string,
  ask: () => Promise<string | undefined>,
  { name: stack, settings }: Stack,
): Promise<PinnedImage> {
  const image = { names, reference, asked, before };
  try {
    const digest = await ask();
    const fixed = partsOf(reference).digest; // no other can be written
    if (digest === undefined)
      return { ...image, state: "failed", problem: absent(names, asked, reference, stack) };
    if (fixed !== undefined && fixed !== digest && byTag(reference) !== reference)
      return {
        ...image,
        digest,
        state: "kept",
        problem: `the tag is ${digest} by now; the reference has its own digest`,
      };
    return { ...image, digest, state: before === undefined ? "new" : before === digest ? "kept" : "changed" };
  } catch (error) {
    if ((error as Error).name === "AbortError") throw new Interrupted("interrupted; nothing was written");
    const problem = `${(error as Error).message}; ${loginCommand(asked, settings.images.mirror)}`;
    return { ...image, state: "failed", problem };
  }
}

const absent = (names: string[], asked: string, reference: string, stack: string) =>
  asked === byTag(reference)
    ? `${asked} is not there: see images.overrides`
    : `${asked} is not there: npm run images:sync -- --stack ${stack} --only ${names[0]}, or pin with --upstream`;

/** The digests that the file gets: references with one of their own need none. */
function nextDigests(before: Record<string, string>, images: PinnedImage[], unused: string[]) {
  const next = { ...before };
  for (const reference of unused) delete next[reference];
  for (const { reference, digest, state } of images)
    if (digest !== undefined && state !== "kept") next[reference] = digest;
  return next;
}

export function pinExitCode({ images, unused, check }: PinResult): number {
  if (images.some(({ state }) => state === "failed")) return exitCodes.failed;
  const differs = unused.length > 0 || images.some(({ state }) => state !== "kept");
  return check && differs ? exitCodes.unfinished : exitCodes.done;
}

export function renderPin({ stack, file, images, unused, written, check }: PinResult): string {
  const rows = images.map(({ names, reference, digest = "", state }) => [
    state,
    names.join(", "),
    byTag(reference),
    digest.slice(0, "sha256:".length + 12),
  ]);
  const problems = images.flatMap(({ names, problem }) => (problem ? [`${names[0]}: ${problem}`] : []));
  const failed = images.some(({ state }) => state === "failed");
  const differs = unused.length > 0 || images.some(({ state }) => state !== "kept");
  const end = written
    ? `${file}: written. The next pulumi up --stack ${stack} pulls by these digests, and makes what runs on another one anew.`
    : failed
      ? "Nothing was written."
      : check && differs
        ? `${file} is not up to date: npm run images:pin -- --stack ${stack}`
        : `${file}: all digests are up to date.`;
  return [
    table([["STATE", "IMAGE", "REFERENCE", "DIGEST"], ...rows]),
    ...unused.map((reference) => `${reference}: nothing uses it any more`),
    ...problems,
    end,
  ].join("\n");
}
