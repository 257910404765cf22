import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Refusal } from "../outcome";
import { sumOf } from "../sum";

export const manifestFile = "manifest.json";
/** Names of the parts of a backup. The state is missing when there was no Pulumi to export it. */
export const parts = { state: "state.json", stackFile: "stack.yaml", store: "monitor-store.tar.gz" } as const;

const file = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.int().min(0) });

const manifestSchema = z.object({
  format: z.literal(1),
  stack: z.string(),
  /** When the monitor's store was copied, ISO 8601. */
  time: z.string(),
  fsid: z.uuid(),
  /** Whose store it is. */
  monitor: z.string(),
  /** Names of all monitors in its map: these, and no others, can start from it. */
  monitors: z.array(z.string()),
  /** What the store knows: maps of these epochs or newer. */
  epochs: z.object({ monmap: z.int(), osdmap: z.int() }),
  /** As `ceph --version` says. */
  cephVersion: z.string(),
  /** Who owns the store's files, `UID:GID`: the user `ceph` of the image that the monitor ran. */
  owner: z.string().regex(/^\d+:\d+$/),
  files: z.record(z.enum(Object.values(parts)), file.optional()),
});

/** What a backup says of itself; it is written last. */
export type Manifest = z.infer<typeof manifestSchema>;

/**
 * Reads the manifest of a backup and compares the sum of each file. Throws a Refusal that names the file when one is
 * missing or another.
 */
export async function readBackup(directory: string): Promise<Manifest> {
  const text = await readFile(join(directory, manifestFile), "utf8").catch(() => {
    throw new Refusal(`${directory} is not a backup: it has no ${manifestFile}`);
  });
  const manifest = parseManifest(text, directory);
  for (const [name, expected] of Object.entries(manifest.files)) {
    if (!expected) continue;
    const found = await sumOf(join(directory, name)).catch(() => undefined);
    if (found?.sha256 !== expected.sha256)
      throw new Refusal(
        `${join(directory, name)} ${found ? "is not what the backup wrote" : "can't be read"}: its SHA-256 should be ${expected.sha256}, and is ${found?.sha256 ?? "unknown"}`,
      );
  }
  if (!manifest.files[parts.store]) throw new Refusal(`${directory} has no ${parts.store}`);
  return manifest;
}

function parseManifest(text: string, directory: string): Manifest {
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch {
    throw new Refusal(`${join(directory, manifestFile)} is not a manifest that this version can read`);
  }
}
