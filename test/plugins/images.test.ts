import { spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { wrapScript } from "../../components/hosts/shell";
import { registryScript } from "../../components/kubernetes/registry";
import { ensureAccess, type RegistryFiles } from "../../lab/hosts/registry-access";
import { projectRoot } from "../../lab/paths";
import { anyCode, run } from "../../lab/run";
import { type PinResult } from "../../tools/images/pin";
import { type SyncResult } from "../../tools/images/sync";
import { exampleHostKey } from "../unit/config/samples";
import { programArguments, runProgram } from "../program";
import {
  makeImage,
  pushImage,
  registryPrograms,
  type RunningRegistry,
  type SlowWay,
  startRegistry,
  startSlowWay,
} from "./registry";

// Needs no lab: registries on loopback, one as upstream, one with TLS and a login as the mirror.

const tool = "tools/images.ts";
const layers = 12;
const bytes = 2 * 1024 * 1024;

let folder: string;
let upstream: RunningRegistry;
let mirror: RunningRegistry;
let way: SlowWay;
let access: RegistryFiles;
let stack: string;
const digests: Record<string, string> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "farmstack-registries-"));
  process.env.PATH = `${await registryPrograms()}${delimiter}${process.env.PATH}`;
  access = await ensureAccess(join(folder, "access"), ["127.0.0.1"]);
  upstream = await startRegistry(join(folder, "upstream"));
  mirror = await startRegistry(join(folder, "mirror"), access.folder);
  way = await startSlowWay(upstream.address);
  const images = {
    "ceph/ceph:v1": { layers, bytes, platforms: ["amd64", "arm64"] },
    "flannel:v1": { layers: 1, bytes: 1000 },
    "flannel-cni-plugin:v1": { layers: 1, bytes: 1000 },
    "pause:1": { layers: 1, bytes: 1000 },
  };
  for (const [name, what] of Object.entries(images)) {
    const layout = join(folder, name.replace(/\W/g, "-"));
    await mkdir(layout);
    digests[name] = await makeImage(layout, what);
    await pushImage(layout, `${upstream.address}/${name}`);
  }
  stack = join(folder, "Pulumi.test.yaml");
  await writeFile(stack, stackFile());
});

afterAll(async () => {
  await way?.stop();
  await Promise.all([upstream?.stop(), mirror?.stop()]);
  await rm(folder, { recursive: true, force: true });
});

const stackFile = (
  registry = `{ ca: ${join(folder, "access", "ca.crt")}, username: robot$lab, passwordFile: ${access.passwordFile} }`,
) => `config:
  # of the test
  farmstack:hosts:
    - { name: host1, address: 192.0.2.11, hostKey: ${exampleHostKey(1)} }
  farmstack:engine:
    insecureRegistries: ["${way.address}"]
  farmstack:images:
    mirror: ${mirror.address}/all # the way to it follows
    registry: ${registry}
    overrides:
      ceph: ${way.address}/ceph/ceph:v1
      pause: ${way.address}/pause:1
      flannel: ${way.address}/flannel:v1
      flannelPlugin: ${way.address}/flannel-cni-plugin:v1 # the last
  farmstack:ceph:
    publicNetwork: 192.0.2.0/24
    monitors: [host1]
    managers: [host1]
  farmstack:kubernetes:
    version: 1.34.1
    controlPlane: [host1]
    imageRepository: example/kubernetes
`;

async function images<T>(...args: string[]): Promise<{ code: number; result: T; stderr: string }> {
  const { code, stdout, stderr } = await runProgram(tool, [...args, "--config-file", stack, "--json"]);
  return { code, result: (stdout ? JSON.parse(stdout) : undefined) as T, stderr };
}

const stateOf = ({ images }: SyncResult | PinResult) =>
  Object.fromEntries(images.map(({ names, state }) => [names[0], state]));

/** The upstream registry as a part of a path. */
const inMirror = () => way.address.replace(":", "_");

/** Layers that the mirror has for good. */
async function arrived(): Promise<number> {
  const repository = join(mirror.storage, "docker/registry/v2/repositories/all", inMirror(), "ceph/ceph");
  return (await readdir(join(repository, "_layers/sha256")).catch(() => [])).length;
}

describe("certificate and login", () => {
  it("are for the addresses, for their owner only, and stay", async () => {
    const certificate = new X509Certificate(await readFile(join(access.folder, "tls.crt")));
    expect(certificate.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(certificate.ca).toBe(false);
    expect(access.changed).toBe(true);
    for (const file of ["ca.key", "password", "server/tls.key", "server/htpasswd"])
      expect((await stat(join(folder, "access", file))).mode & 0o077, file).toBe(0);
    const again = await ensureAccess(join(folder, "access"), ["127.0.0.1"]);
    expect(again).toEqual({ ...access, changed: false });
  });

  it("are renewed in time, by the same authority as long as that lasts", async () => {
    const copy = join(folder, "copy");
    const first = await ensureAccess(copy, ["127.0.0.1"]);
    const days = (count: number) => Date.now() + count * 24 * 60 * 60 * 1000;
    expect((await ensureAccess(copy, ["127.0.0.1"], days(360))).changed).toBe(false);
    const renewed = await ensureAccess(copy, ["127.0.0.1"], days(380));
    expect(renewed).toMatchObject({ changed: true, ca: first.ca, password: first.password });
    expect((await ensureAccess(copy, ["127.0.0.1", "192.0.2.1"])).changed).toBe(true);
    const late = await ensureAccess(copy, ["127.0.0.1", "192.0.2.1"], days(3600));
    expect(late.ca).not.toBe(first.ca);
  });
});

describe("images:sync", () => {
  it("says what it would copy, and what is not in the mirror can't be pinned there", async () => {
    const dry = await images<SyncResult>("sync", "--dry-run");
    expect(dry.code, dry.stderr).toBe(3);
    expect(new Set(Object.values(stateOf(dry.result)))).toEqual(new Set(["to copy"]));
    const pinned = await images<PinResult>("pin", "--only", "ceph");
    expect(pinned.code).toBe(1);
    expect(pinned.result.images[0]?.problem).toContain("npm run images:sync -- --stack test --only ceph");
    expect(await readFile(stack, "utf8")).toBe(stackFile());
  });

  it("goes on after a kill, and sends again only what had not arrived", async () => {
    way.speed = 4 * 1024 * 1024;
    const args = programArguments(tool, "sync", "--config-file", stack);
    const child = spawn(process.execPath, args, { cwd: projectRoot, stdio: "ignore", detached: true });
    const closed = new Promise((done) => child.once("close", done));
    while (child.exitCode === null && (await arrived()) < 5) await sleep(50);
    expect(child.exitCode).toBe(null);
    process.kill(-(child.pid as number), "SIGKILL");
    await closed;
    const before = await arrived();
    way.speed = Infinity;
    way.bytes = 0;

    const { code, result, stderr } = await images<SyncResult>("sync");
    expect(code, stderr).toBe(0);
    expect(stateOf(result)).toMatchObject({ ceph: "copied" });
    expect(before).toBeLessThan(2 * layers);
    expect(way.bytes).toBeLessThan((2 * layers - before + 2) * bytes);
    expect(stderr).toMatch(/^1\/4 ceph: copied 127\.0\.0\.1:\d+\/all\//m);
    expect(stderr).toMatch(/^4\/4 /m);
    expect(result.images[0]?.digest).toBe(digests["ceph/ceph:v1"]); // of the list of both platforms
    expect(await arrived()).toBe(2 * (layers + 1));
  });

  it("sends nothing the second time", async () => {
    way.bytes = 0;
    const { code, result } = await images<SyncResult>("sync");
    expect(code).toBe(0);
    expect(new Set(Object.values(stateOf(result)))).toEqual(new Set(["there"]));
    expect(way.bytes).toBeLessThan(10_000);
  });

  it("names the image and the next command when the mirror lets nobody in", async () => {
    const file = join(folder, "wrong");
    await writeFile(file, "wrong\n");
    await writeFile(
      stack,
      stackFile(`{ ca: ${join(folder, "access", "ca.crt")}, username: robot$lab, passwordFile: ${file} }`),
    );
    const wrong = await images<SyncResult>("sync", "--only", "pause");
    expect(wrong.code).toBe(1);
    expect(wrong.result.images[0]?.problem).toMatch(/unauthorized|authentication required/);
    expect(wrong.result.images[0]?.problem).toContain("see images.registry in the stack's file");
    await writeFile(stack, stackFile(`{ username: robot$lab, passwordFile: ${file} }`));
    const unknown = await images<SyncResult>("sync", "--only", "pause");
    expect(unknown.result.images[0]?.problem).toContain("certificate signed by unknown authority");
    await writeFile(stack, stackFile());
  });

  it("refuses a name that nothing has", async () => {
    const { code, stderr } = await images("sync", "--only", "cehp");
    expect([code, stderr.trim()]).toEqual([2, "the stack uses no image cehp; did you mean ceph?"]);
  });
});

describe("images:pin", () => {
  it("writes what the mirror has, and nothing else", async () => {
    expect((await images("pin", "--check")).code).toBe(3);
    const { code, result, stderr } = await images<PinResult>("pin");
    expect(code, stderr).toBe(0);
    expect(result.written).toBe(true);
    const lines = Object.entries(digests).map(([name, digest]) => `      ${way.address}/${name}: ${digest}`);
    const text = await readFile(stack, "utf8");
    for (const line of lines) expect(text.split("\n")).toContain(line);
    const others = text.split("\n").filter((line) => !lines.includes(line) && !line.includes("digests:"));
    expect(others.join("\n")).toBe(stackFile());
    expect((await images("pin", "--check")).code).toBe(0);
  });

  it("by then the mirror alone will do", async () => {
    await way.stop();
    expect((await images<SyncResult>("sync")).code).toBe(0);
  });

  it("finds a tag that has moved", async () => {
    const layout = join(folder, "moved");
    await mkdir(layout);
    const moved = await makeImage(layout, { layers: 1, bytes: 1000 });
    const to = `docker://${mirror.address}/all/${inMirror()}/pause:1`;
    const how = [
      "--preserve-digests",
      `--dest-authfile=${join(folder, "auth.json")}`,
      `--dest-cert-dir=${join(folder, "trusted")}`,
    ];
    await mkdir(join(folder, "trusted"));
    await writeFile(join(folder, "trusted", "ca.crt"), access.ca);
    const auth = Buffer.from(`${access.username}:${access.password}`).toString("base64");
    await writeFile(join(folder, "auth.json"), JSON.stringify({ auths: { [mirror.address]: { auth } } }));
    await run("skopeo", ["copy", ...how, `oci:${layout}:it`, to]);
    const { code, result } = await images<PinResult>("pin", "--check");
    expect(code).toBe(3);
    expect(result.images.find(({ state }) => state === "changed")).toMatchObject({
      names: ["pause"],
      before: digests["pause:1"],
      digest: moved,
    });
  });
});

describe("a node", () => {
  it("fetches a blob with what its registry's script leaves", async () => {
    const { address } = mirror;
    const { username, password, ca } = access;
    const script = registryScript({ hostName: "host1", address, ca, login: { username, password } });
    const etc = join(folder, "etc");
    const here = script.replaceAll("/etc/", `${etc}/`);
    await run("sh", ["-s"], { input: wrapScript(here) });
    expect((await stat(join(etc, "containerd/certs.d", address, "hosts.toml"))).mode & 0o777).toBe(0o600);
    const config = join(etc, "farmstack/registries", address);
    expect((await stat(config)).mode & 0o777).toBe(0o600);
    const url = `https://${address}/v2/all/${inMirror()}/ceph/ceph/tags/list`;
    const { stdout } = await run("curl", ["--config", config, "--fail", "--silent", url]);
    expect(stdout).toContain('"v1"');
    const without = await run(
      "curl",
      ["--cacert", join(folder, "access/ca.crt"), "--fail", "--silent", url],
      { allow: anyCode },
    );
    expect(without.code).toBe(22);
    expect((await run("sh", ["-s"], { input: wrapScript(here) })).stdout).toBe(
      `access to ${address}: unchanged\n`,
    );
  });
});
