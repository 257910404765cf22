import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Refusal } from "../outcome";
import { sumOf } from "../sum";

export const manifestFile = "manifest.json";
/** Names of the parts of a backup. Not all are in each. */
export const parts = {
  /** Dump of the database; missing when that is not Harbor's own. */
  database: "database.dump",
  /** What Harbor encrypts in its database with. */
  key: "secret-key",
  /** Which layers there were; missing when they are in a bucket. */
  layers: "layers.txt",
} as const;

const sum = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.int().min(0) });

const manifestSchema = z.object({
  format: z.literal(1),
  stack: z.string(),
  /** When the dump was begun, ISO 8601. */
  time: z.string(),
  /** Version of Harbor. */
  version: z.string(),
  files: z.record(z.enum(Object.values(parts)), sum.optional()),
});

/** What a backup says of itself; it is written last. */
export type Manifest = z.infer<typeof manifestSchema>;

/** Reads the manifest of a backup and compares all sums. Throws a Refusal that names what is missing or another. */
export async function readBackup(directory: string): Promise<Manifest> {
  const text = await readFile(join(directory, manifestFile), "utf8").catch(() => {
    throw new Refusal(`${directory} is not a backup: it has no ${manifestFile}`);
  });
  const manifest = parse(text, directory);
  for (const [name, expected] of Object.entries(manifest.files)) {
    if (!expected) continue;
    const found = await sumOf(join(directory, name)).catch(() => undefined);
    if (found?.sha256 !== expected.sha256)
      throw new Refusal(
        `${join(directory, name)} ${found ? "is not what the backup wrote" : "can't be read"}`,
      );
  }
  return manifest;
}

function parse(text: string, directory: string): Manifest {
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch {
    throw new Refusal(`${join(directory, manifestFile)} is not a manifest that this version can read`);
  }
}
