import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { cacheDir } from "../paths";
import { step } from "../progress";
import { run } from "../run";
import { builtModule } from "./build";
import { buildName, modules } from "./modules";

/** A file and its hash. */
export interface Archive {
  file: string;
  /** 64 hexadecimal digits. */
  sha256: string;
}

/**
 * What a node needs besides its distribution's packages, as a .tar.gz to unpack in `/`: kubelet, kubeadm, kubectl and
 * etcd's tools in usr/local/bin, the CNI plugin flannel in opt/cni/bin. Made once and kept in the cache; the same
 * programs give the same bytes.
 */
export async function nodeArchive(module: "kubernetes" | "kubernetes-next" = "kubernetes"): Promise<Archive> {
  const file = join(cacheDir, "kubernetes", `node-${buildName(module)}-${buildName("cni")}.tar.gz`);
  if (!existsSync(file)) {
    const programs = await builtModule(module);
    const plugins = await builtModule("cni");
    await step(`${modules[module].title}: archive for the nodes`, () => pack(file, programs, plugins));
  }
  return { file, sha256: await sha256Of(file) };
}

async function pack(file: string, programs: string, plugins: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "farmstack-node-"));
  const writing = `${file}.${process.pid}`;
  try {
    for (const [from, to] of [
      [programs, "usr/local/bin"],
      [plugins, "opt/cni/bin"],
    ] as const) {
      await mkdir(join(folder, to), { recursive: true });
      await cp(from, join(folder, to), { recursive: true, verbatimSymlinks: true });
    }
    const sameBytes = ["--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--mode=0755"];
    // Only files: folders that a node has already keep their owner and mode.
    const links = await run("find", [".", "!", "-type", "d", "-printf", "%P\n"], { cwd: folder });
    await run("tar", ["-C", folder, ...sameBytes, "-I", "gzip -n", "-cf", writing, "-T", "-"], {
      input: links.stdout.split("\n").sort().join("\n").trim(),
    });
    await rename(writing, file);
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rm(writing, { force: true });
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
