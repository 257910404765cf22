import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo, type Server, Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildOnce } from "../../lab/build-once";
import { hasProgram } from "../../lab/docker/install";
import { cacheDir } from "../../lab/paths";
import { run } from "../../lab/run";

/** Debian's packages of the programs, and of libraries that are not on every machine. */
const packages = ["docker-registry", "skopeo", "golang-github-containers-common", "libgpgme11", "libassuan0"];

/**
 * A folder with the programs `skopeo` and `docker-registry` that this machine lacks, from Debian's packages, unpacked and not
 * installed: the package of the registry would start a service.
 */
export async function registryPrograms(): Promise<string> {
  const folder = await buildOnce(join(cacheDir, "registry-programs"), async (into) => {
    const root = join(into, "root");
    await mkdir(root, { recursive: true });
    await run("apt-get", ["-q", "-o", "APT::Sandbox::User=root", "download", ...packages], { cwd: into });
    for (const file of (await readdir(into)).filter((name) => name.endsWith(".deb")))
      await run("dpkg-deb", ["-x", join(into, file), root]);
  });
  const bin = join(folder, "bin");
  await mkdir(bin, { recursive: true });
  const root = join(folder, "root");
  const programs = {
    skopeo: `export LD_LIBRARY_PATH="$(echo ${root}/usr/lib/*-linux-gnu)"\nexec ${root}/usr/bin/skopeo --policy ${root}/etc/containers/policy.json "$@"`,
    "docker-registry": `exec ${root}/usr/bin/docker-registry "$@"`,
  };
  for (const [name, script] of Object.entries(programs)) {
    if (hasProgram(name)) continue;
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  return bin;
}

export interface RunningRegistry {
  /** `127.0.0.1:PORT`. */
  address: string;
  /** Folder of its storage. */
  storage: string;
  stop(): Promise<void>;
}

/**
 * A registry on loopback.
 * @param access folder with tls.crt, tls.key and htpasswd; without it the registry has no TLS and asks for no login
 */
export async function startRegistry(folder: string, access?: string): Promise<RunningRegistry> {
  const storage = join(folder, "storage");
  await mkdir(storage, { recursive: true });
  const address = `127.0.0.1:${await freePort()}`;
  const config = {
    version: "0.1",
    log: { level: "error", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: storage } },
    http: {
      addr: address,
      ...(access ? { tls: { certificate: join(access, "tls.crt"), key: join(access, "tls.key") } } : {}),
    },
    ...(access ? { auth: { htpasswd: { realm: "test", path: join(access, "htpasswd") } } } : {}),
  };
  const file = join(folder, "config.yml");
  await writeFile(file, JSON.stringify(config)); // which is YAML, too
  const child = spawn("docker-registry", ["serve", file], { stdio: "ignore" });
  await listening(address, child);
  return { address, storage, stop: () => ended(child) };
}

async function listening(address: string, child: ChildProcess): Promise<void> {
  const [host = "", port] = address.split(":");
  let failure: Error | undefined;
  child.once("error", (error) => (failure = error));
  for (let waited = 0; waited < 20_000; waited += 50) {
    if (failure) throw failure;
    const socket = new Socket();
    const answers = await new Promise<boolean>((done) => {
      socket.once("connect", () => done(true)).once("error", () => done(false));
      socket.connect(Number(port), host);
    });
    socket.destroy();
    if (answers) return;
    await sleep(50);
  }
  throw new Error(`no registry at ${address}`);
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    child.once("close", () => done());
    child.kill();
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** The way to a registry, which is slow and counts. */
export interface SlowWay {
  address: string;
  /** Bytes that came from the registry so far. */
  bytes: number;
  /** Bytes in a second that pass; Infinity: all at once. */
  speed: number;
  stop(): Promise<void>;
}

export async function startSlowWay(to: string): Promise<SlowWay> {
  const [host = "", port] = to.split(":");
  const open = new Set<Socket>();
  const way: SlowWay = { address: "", bytes: 0, speed: Infinity, stop: () => Promise.resolve() };
  const server: Server = createServer((client) => {
    const registry = new Socket();
    for (const socket of [client, registry]) {
      open.add(socket);
      socket.on("error", () => undefined).on("close", () => open.delete(socket));
    }
    registry.connect(Number(port), host);
    client.pipe(registry);
    registry.on("data", (chunk: Buffer) => {
      way.bytes += chunk.length;
      client.write(chunk);
      if (way.speed === Infinity) return;
      registry.pause();
      setTimeout(() => registry.resume(), (chunk.length / way.speed) * 1000 * Math.max(1, open.size / 2));
    });
    registry.on("end", () => client.end());
    client.on("close", () => registry.destroy());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  way.address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  way.stop = async () => {
    for (const socket of open) socket.destroy();
    await new Promise((done) => server.close(done));
  };
  return way;
}

/**
 * Makes an image of random bytes as an OCI layout, for each platform one with so many layers; for several, a list of them.
 * Gives its digest. https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export async function makeImage(
  folder: string,
  { layers, bytes, platforms = ["amd64"] }: { layers: number; bytes: number; platforms?: string[] },
): Promise<string> {
  const blobs = join(folder, "blobs", "sha256");
  await mkdir(blobs, { recursive: true });
  const put = async (mediaType: string, content: Buffer | object) => {
    const data = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
    const hex = createHash("sha256").update(data).digest("hex");
    await writeFile(join(blobs, hex), data);
    return {
      mediaType: `application/vnd.oci.image.${mediaType}`,
      digest: `sha256:${hex}`,
      size: data.length,
    };
  };
  const manifests = [];
  for (const architecture of platforms) {
    const parts = [];
    for (let layer = 0; layer < layers; layer++) parts.push(await put("layer.v1.tar", randomBytes(bytes)));
    const rootfs = { type: "layers", diff_ids: parts.map(({ digest }) => digest) };
    const config = await put("config.v1+json", { architecture, os: "linux", config: {}, rootfs });
    const mediaType = "application/vnd.oci.image.manifest.v1+json";
    const manifest = await put("manifest.v1+json", { schemaVersion: 2, mediaType, config, layers: parts });
    manifests.push({ ...manifest, platform: { architecture, os: "linux" } });
  }
  const mediaType = "application/vnd.oci.image.index.v1+json";
  const top =
    platforms.length > 1
      ? await put("index.v1+json", { schemaVersion: 2, mediaType, manifests })
      : manifests[0]!;
  await writeFile(
    join(folder, "index.json"),
    JSON.stringify({
      schemaVersion: 2,
      manifests: [{ ...top, annotations: { "org.opencontainers.image.ref.name": "it" } }],
    }),
  );
  await writeFile(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  return top.digest;
}

/** Puts such an image into a registry without TLS and login. */
export async function pushImage(folder: string, reference: string): Promise<void> {
  const how = ["--all", "--preserve-digests", "--dest-tls-verify=false"];
  await run("skopeo", ["copy", ...how, `oci:${folder}:it`, `docker://${reference}`]);
}
