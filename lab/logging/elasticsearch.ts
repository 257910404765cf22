import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildOnce } from "../build-once";
import { cacheDir } from "../paths";
import { step } from "../progress";
import { run } from "../run";
import { type Artifact, ensureJava, fetchArtifact } from "./maven";
import { loggingVersions } from "./versions";

const version = loggingVersions.elasticsearch;

const distribution: Artifact = {
  coordinates: `org.elasticsearch.distribution.integ-test-zip:elasticsearch:${version}:zip`,
  sha256: "215d5f3dbf0609a149f6218a9e47b6ae2df34ebbff3c5754e35f15a5e5393c8a",
};

/** The lab's own plugin: the descriptor, and one folder of Java. */
const plugin = join(__dirname, "elasticsearch", "plugin");
const sources = readdirSync(join(plugin, "farmstack", "lab"))
  .sort()
  .map((name) => join("farmstack", "lab", name));
const descriptor = "plugin-descriptor.properties";

/** Names the build: another distribution, another file of the plugin is another name. */
export function elasticsearchBuild(): string {
  const hash = createHash("sha256").update(JSON.stringify(distribution));
  for (const file of [descriptor, ...sources])
    hash.update(JSON.stringify([file, readFileSync(join(plugin, file), "utf8")]));
  return `elasticsearch-${version}-${hash.digest("hex").slice(0, 12)}`;
}

/**
 * The folder that holds Elasticsearch as one would unpack it, with the lab's plugin and without a JVM. Built once and
 * kept in the cache. Throws what to install where there is no Maven or no Java compiler.
 */
export function builtElasticsearch(): Promise<string> {
  return buildOnce(join(cacheDir, "logging", elasticsearchBuild()), (into) =>
    step(`Elasticsearch ${version}: build`, async (note) => {
      await ensureJava();
      const folder = await mkdtemp(join(tmpdir(), "farmstack-elasticsearch-"));
      try {
        note("download");
        await mkdir(join(folder, "download"));
        const zip = await fetchArtifact(distribution, join(folder, "download"));
        note("unpack");
        await unpack(zip, folder, into);
        note("plugin");
        await addPlugin(into, join(folder, "classes"));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }),
  );
}

/** What comes with every JDK unpacks it; it leaves out which files are programs. */
async function unpack(zip: string, folder: string, into: string): Promise<void> {
  await run("jar", ["--extract", "--file", zip], { cwd: folder });
  await run("cp", ["-r", `${join(folder, `elasticsearch-${version}`)}/.`, into]);
  for (const name of await readdir(join(into, "bin"))) await chmod(join(into, "bin", name), 0o755);
}

async function addPlugin(home: string, classes: string): Promise<void> {
  const folder = join(home, "plugins", "farmstack-lab");
  const jar = join(folder, "farmstack-lab.jar");
  await mkdir(folder, { recursive: true });
  const options = ["--release", "17", "-proc:none", "-cp", join(home, "lib", "*"), "-d", classes];
  await run("javac", [...options, ...sources], { cwd: plugin });
  await run("jar", ["--create", "--file", jar, "--date", "1980-01-01T00:00:02Z", "-C", classes, "."]);
  const text = readFileSync(join(plugin, descriptor), "utf8").replaceAll("VERSION", version);
  await writeFile(join(folder, descriptor), text);
}
