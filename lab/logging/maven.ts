import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { installPackages, isDebianRoot } from "../docker/install";
import { run } from "../run";

/** The goal that fetches; Maven downloads it like any artifact. */
const copyGoal = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";

/** A package of a Maven repository. */
export interface Artifact {
  /** group:artifact:version:packaging */
  coordinates: string;
  /** Its content, 64 hexadecimal digits. */
  sha256: string;
}

/**
 * Fetches an artifact into a folder with the machine's own Maven: its settings say from where, and its cache is used.
 * Gives the file. Throws when it isn't the pinned one.
 */
export async function fetchArtifact({ coordinates, sha256 }: Artifact, folder: string): Promise<string> {
  const what = [`-Dartifact=${coordinates}`, `-DoutputDirectory=${folder}`];
  await run("mvn", ["--batch-mode", "--quiet", copyGoal, ...what], { cwd: folder });
  const [name = "", ...others] = await readdir(folder);
  if (others.length > 0) throw new Error(`Maven wrote more than one file for ${coordinates}`);
  const file = join(folder, name);
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  const found = hash.digest("hex");
  if (found !== sha256)
    throw new Error(
      `${coordinates}, as Maven fetched it, has the SHA-256 ${found} and not the pinned ${sha256}`,
    );
  return file;
}

/** Maven and a Java compiler; root on Debian gets them installed. */
export async function ensureJava(): Promise<void> {
  if (isDebianRoot()) await installPackages({ javac: "openjdk-17-jdk-headless", mvn: "maven" });
  for (const [program, option] of Object.entries({ javac: "--version", jar: "--version", mvn: "--version" }))
    await run(program, [option]).catch(() => {
      throw new Error(
        `the lab's Elasticsearch needs Maven and a JDK of version 17 or newer to be built, and ${program} isn't here: install both`,
      );
    });
}
