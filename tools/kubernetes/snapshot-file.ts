import { createReadStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { quote } from "../../components/hosts/shell";
import { step } from "../../lab/progress";
import { receive } from "../connection";
import { Interrupted, Refusal } from "../outcome";
import { hostsOf, type Stack } from "../stack";
import { sumOf } from "../sum";
import { listSnapshots } from "./snapshots";

/** A snapshot on this machine. */
export interface SnapshotFile {
  name: string;
  path: string;
  sha256: string;
  bytes: number;
}

/**
 * Has a snapshot on this machine while `work` runs: a file of it when the name has a slash, else one of those that
 * the control planes have, copied into a folder that only this user can read and that is gone afterwards.
 */
export async function withSnapshot<T>(
  stack: Stack,
  named: string,
  signal: AbortSignal | undefined,
  work: (file: SnapshotFile) => Promise<T>,
): Promise<T> {
  if (named.includes("/")) {
    const path = resolve(named);
    if (!(await stat(path).catch(() => undefined))?.isFile()) throw new Refusal(`${path} is no file`);
    return work({ name: basename(path), path, ...(await sumOf(path)) });
  }
  const { snapshots, directory, problems } = await listSnapshots(stack);
  const found = snapshots.find(({ name }) => name === named);
  const [host] = hostsOf(stack, found?.on ?? []);
  if (!host)
    throw new Refusal(
      [
        `no control plane has ${named} in ${directory}. The newest there: ${
          snapshots
            .slice(0, 3)
            .map(({ name }) => name)
            .join(", ") || "none"
        }. A file of this machine is named with a slash: ./${named}`,
        ...problems,
      ].join("\n"),
    );
  const folder = await mkdtemp(join(tmpdir(), "farmstack-snapshot-"));
  try {
    const path = join(folder, named);
    const received = await step(`fetching ${named} from ${host.name}`, () =>
      receive(host, `cat ${quote(join(directory, named))}`, path, signal),
    ).catch((error: unknown) => {
      throw signal?.aborted ? new Interrupted("the snapshot was not fetched; nothing was changed") : error;
    });
    return await work({ name: named, path, ...received });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Whether a text stands somewhere in a file, of whatever size. */
export async function fileHas(path: string, text: string): Promise<boolean> {
  const wanted = Buffer.from(text);
  let end = Buffer.alloc(0);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    const both = Buffer.concat([end, chunk]);
    if (both.includes(wanted)) return true;
    end = both.subarray(Math.max(0, both.length - wanted.length + 1));
  }
  return false;
}
