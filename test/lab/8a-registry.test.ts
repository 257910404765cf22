import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installPackages } from "../../lab/docker/install";
import { registryAddress } from "../../lab/hosts";
import { type Access, readRegistryAccess } from "../../lab/hosts/registry-access";
import { cacheDir, projectRoot } from "../../lab/paths";
import { anyCode } from "../../lab/run";
import { onLabHost } from "../../lab/ssh";
import { type PinResult } from "../../tools/images/pin";
import { type SyncResult } from "../../tools/images/sync";
import { programArguments, runProgram } from "../program";
import { changedStack, host, on } from "./lab";

/** Where Docker keeps the test's login on a host, and no one else's. */
const login = "/tmp/farmstack-registry-login";
const pushed = `${registryAddress}/test/pushed`;
const names = ["ceph", "pause", "flannel", "flannelPlugin"];

let access: Access;

/** Runs a command on a host with the registry's password as its standard input; any exit code is an answer. */
const withPassword = async (name: string, command: string) =>
  onLabHost(await host(name), command, { input: access.password, allow: anyCode });

const logIn = (name: string) =>
  withPassword(
    name,
    `docker --config ${login} login --username '${access.username}' --password-stdin ${registryAddress}`,
  );

/** Ends when a stream has said it, or ends without. */
async function untilPrinted(stream: Readable, words: RegExp): Promise<void> {
  let text = "";
  for await (const data of stream.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    text += String(data);
    if (words.test(text)) return;
  }
}

beforeAll(async () => {
  access = await readRegistryAccess();
  await installPackages({ skopeo: "skopeo" });
});

afterAll(async () => {
  for (const name of ["host1", "host3"])
    await on(name, `rm -rf ${login}; docker rm -f push-me; docker image rm ${pushed}:1 || true`).catch(
      () => "",
    );
  for (const name of ["test", "copy"])
    await rm(join(cacheDir, "registry/docker/registry/v2/repositories", name), {
      recursive: true,
      force: true,
    });
});

describe("the lab's registry", () => {
  it("is insecure for nobody", async () => {
    for (const name of ["host1", "host2", "host3"]) {
      expect(await on(name, "docker info --format '{{json .RegistryConfig.InsecureRegistryCIDRs}}'")).toBe(
        '["127.0.0.0/8"]',
      );
      expect(await on(name, "cat /etc/docker/daemon.json")).toContain('"insecure-registries": []');
      expect(await on(name, "grep -rl skip_verify /etc/containerd/certs.d || true")).toBe("");
    }
  });

  it("lets nobody in without a login, nor by http", async () => {
    const url = `${registryAddress}/v2/lab/ceph/tags/list`;
    const code = (options: string) =>
      on("host1", `curl --silent --output /dev/null --write-out '%{http_code}' ${options} || true`);
    const authority = `--cacert /etc/docker/certs.d/${registryAddress}/ca.crt`;
    expect(await code(`${authority} https://${url}`)).toBe("401");
    expect(await code(`https://${url}`)).toBe("000"); // nobody vouches for it
    expect(await code(`http://${url}`)).toBe("400");
  });

  it("takes an image from host1 that host3 pulls by its digest", async () => {
    const content = `pushed at ${Date.now()}`;
    const image = `$(docker image ls --quiet ${registryAddress}/lab/ceph | head -n 1)`;
    await on(
      "host1",
      `docker rm -f push-me; docker run --name push-me ${image} sh -c 'echo ${content} >/pushed'`,
    );
    await on("host1", `docker commit push-me ${pushed}:1`);
    const refused = await withPassword("host1", `docker --config ${login}-none push ${pushed}:1`);
    expect(refused.code).not.toBe(0);
    expect((await logIn("host1")).code).toBe(0);
    await on("host1", `docker --config ${login} push ${pushed}:1`);
    const digest = await on("host1", `docker image inspect --format '{{index .RepoDigests 0}}' ${pushed}:1`);
    expect(digest).toMatch(/^10\.77\.0\.10:5000\/test\/pushed@sha256:[0-9a-f]{64}$/);

    expect((await withPassword("host3", `docker --config ${login}-none pull ${digest}`)).code).not.toBe(0);
    expect((await logIn("host3")).code).toBe(0);
    await on("host3", `docker --config ${login} pull ${digest}`);
    expect(await on("host3", `docker run --rm --network none ${digest} cat /pushed`)).toBe(content);
  });

  it("serves containerd of a node, without a word about a login", async () => {
    const pull = `ctr --namespace test images pull --hosts-dir /etc/containerd/certs.d ${pushed}:1`;
    expect(await on("host3", `${pull} | tail -n 1`)).toContain("done");
    await on("host3", `ctr --namespace test images rm ${pushed}:1`);
    for (const file of [
      `/etc/containerd/certs.d/${registryAddress}/hosts.toml`,
      `/etc/farmstack/registries/${registryAddress}`,
    ])
      expect(await on("host3", `stat -c '%a %U' ${file}`)).toBe("600 root");
  });
});

describe("the images of the stack", () => {
  /** The dev stack with a mirror of its own, a folder of the lab's registry, and the lab's registry as upstream. */
  const mirrored = () =>
    changedStack((document) => {
      document.setIn(["config", "farmstack:images", "mirror"], `${registryAddress}/copy`);
      for (const name of names) {
        const place = ["config", "farmstack:images", "overrides", name];
        document.setIn(place, `${registryAddress}/${String(document.getIn(place))}`);
      }
    });
  const tool = "tools/images.ts";
  const images = (command: string, file: string, ...more: string[]) => [
    ...[command, "--stack", "dev", "--config-file", file],
    ...["--only", ...names, "--json", ...more],
  ];
  const answer = async <T>(args: string[]) => {
    const { code, stdout, stderr } = await runProgram(tool, args);
    return { code, stderr, result: JSON.parse(stdout || "{}") as T };
  };

  it("are copied into a mirror, with a line for each, also when a first run was killed", async () => {
    const file = await mirrored();
    const child = spawn(process.execPath, programArguments(tool, ...images("sync", file)), {
      cwd: projectRoot,
      detached: true,
    });
    await untilPrinted(child.stderr, /^1\/4 .*: copied /m);
    if (child.exitCode === null) process.kill(-(child.pid as number), "SIGKILL");
    const { code, stderr, result } = await answer<SyncResult>(images("sync", file));
    expect(code, stderr).toBe(0);
    expect(stderr.match(/^\d\/4 .*: (copied|there) /gm)).toHaveLength(4);
    expect(result.images.map(({ state }) => state)).toContain("there");
    const again = await answer<SyncResult>(images("sync", file));
    expect(new Set(again.result.images.map(({ state }) => state))).toEqual(new Set(["there"]));
  });

  it("are pinned to what the mirror has", async () => {
    const file = await mirrored();
    expect((await answer<PinResult>(images("pin", file, "--check"))).code).toBe(3);
    const { code, result } = await answer<PinResult>(images("pin", file));
    expect([code, result.written]).toEqual([0, true]);
    expect((await answer<PinResult>(images("pin", file, "--check"))).code).toBe(0);
  });
});
