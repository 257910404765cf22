import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { commandPlugin } from "../../../lab/plugins/command";
import { dockerPlugin } from "../../../lab/plugins/docker";
import { inMemory } from "../../../lab/plugins/memory";
import { withFaults } from "../../../lab/plugins/memory/faults";
import { daemonHost } from "../../../lab/plugins/memory/host";
import { changeWorld, type PlannedFault, readWorld, writeWorld } from "../../../lab/plugins/memory/world";
import { InitializationFailed, type ResourceType } from "../../../lab/plugins/resource-type";
import { run } from "../../../lab/run";
import { context } from "./context";

let file: string;
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), "world-")), "world.json");
});

const docker = (token: string): ResourceType => inMemory(dockerPlugin, file).types[`docker:index/${token}`]!;
const remote = (): ResourceType => inMemory(commandPlugin, file).types["command:remote:Command"]!;
const onHost1 = (name = "mon") => context({ name, config: { host: "ssh://root@10.77.0.11:22" } });
const connection = { host: "10.77.0.11" };

async function createContainer(name: string) {
  const image = await docker("remoteImage:RemoteImage").create({ name: "reg/ceph:1" }, onHost1("image"));
  const inputs = { name, image: image.outputs.imageId, labels: [{ label: "a", value: "b" }] };
  return { inputs, ...(await docker("container:Container").create(inputs, onHost1(name))) };
}

test("a container is on its host, and its name is taken", async () => {
  const { id } = await createContainer("mon");
  expect(readWorld(file).hosts["10.77.0.11"]!.containers).toMatchObject([
    { name: "mon", id, state: "running", labels: { a: "b" } },
  ]);
  await expect(createContainer("mon")).rejects.toThrow(
    `10.77.0.11: Conflict. The container name "/mon" is already in use by container "${id}"`,
  );
});

test("a container whose image is not on the host is refused", async () => {
  const attempt = docker("container:Container").create({ name: "mon", image: "sha256:other" }, onHost1());
  await expect(attempt).rejects.toThrow("10.77.0.11: No such image: sha256:other");
});

test("read finds what the test changed: same, stopped, gone; an update starts it again", async () => {
  const { inputs, id, outputs } = await createContainer("mon");
  const container = docker("container:Container");
  const read = async () => (await container.read!(id, outputs, onHost1()))?.inputs;
  expect(await read()).toEqual(inputs);
  changeWorld(file, ({ hosts }) => (hosts["10.77.0.11"]!.containers[0]!.state = "exited"));
  expect(await read()).toEqual({ ...inputs, mustRun: false });
  await container.update!(id, outputs, inputs, onHost1());
  expect(await read()).toEqual(inputs);
  await container.delete!(id, outputs, onHost1());
  expect(await read()).toBeUndefined();
});

test("commands are logged with host, script, hash of stdin and times, and answered from the table", async () => {
  writeWorld(file, {
    answers: [
      { match: "^ceph ", stdout: "quorum\n" },
      { match: "bad", stdout: "why", code: 4 },
    ],
  });
  const inputs = { connection, create: "ceph -s", update: "again", stdin: "secret" };
  const { outputs } = await remote().create(inputs, context());
  expect(outputs.stdout).toBe("quorum");
  expect((await remote().update!("id", outputs, inputs, context())).stdout).toBe("");
  await expect(remote().create({ connection, create: "bad" }, context())).rejects.toThrow(
    '10.77.0.11: Process exited with status 4: running "bad":\nwhy',
  );
  const { log } = readWorld(file);
  expect(log).toMatchObject([
    { operation: "create", host: "10.77.0.11", script: "ceph -s", name: "thing" },
    { operation: "update", script: "again" },
    { operation: "create", script: "bad", failed: expect.stringContaining("status 4") },
  ]);
  expect(JSON.stringify(log)).not.toContain("secret");
  for (const { start, end } of log) expect(end).toBeGreaterThanOrEqual(start);
});

const fault = (changes: Partial<PlannedFault>): PlannedFault => ({
  operation: "create",
  when: "before",
  action: "fail",
  ...changes,
});

test("a fault before the effect leaves nothing, and passes after its number of times", async () => {
  writeWorld(file, { faults: [fault({ type: "Container", name: "^mon$", times: 1 })] });
  await expect(createContainer("mon")).rejects.toThrow("planned fault: create of mon");
  expect(readWorld(file).hosts["10.77.0.11"]!.containers).toEqual([]);
  await createContainer("mon");
});

test("a container that fails after its creation is there, and reported as unhealthy", async () => {
  writeWorld(file, { faults: [fault({ type: "Container", when: "after" })] });
  const error = await createContainer("mon").catch((reason) => reason);
  expect(error).toBeInstanceOf(InitializationFailed);
  expect(error.id).toBe(readWorld(file).hosts["10.77.0.11"]!.containers[0]!.id);
});

test("a delay shows in the log", async () => {
  writeWorld(file, { faults: [fault({ action: "delay", milliseconds: 50 })] });
  await remote().create({ connection }, context());
  const [entry] = readWorld(file).log;
  expect(entry!.end! - entry!.start).toBeGreaterThanOrEqual(49);
});

test("reads can fail too, and are not counted", async () => {
  const { id, outputs } = await createContainer("mon");
  changeWorld(file, (world) => (world.faults = [fault({ operation: "read" })]));
  await expect(docker("container:Container").read!(id, outputs, onHost1())).rejects.toThrow(
    "planned fault: read",
  );
  expect(readWorld(file).operations).toBe(2);
});

test("killAfter: before the effect when odd, after it when even", async () => {
  const happened: string[] = [];
  const end = {
    killEngine: () => void happened.push("kill"),
    crashPlugin: () => void happened.push("crash"),
  };
  const operate = (name: string) =>
    withFaults(file, { type: "t", name, operation: "create" }, async () => void happened.push(name), end);
  writeWorld(file, { killAfter: 1 });
  await operate("one");
  await operate("two");
  expect(happened.splice(0)).toEqual(["kill", "one", "two"]);
  writeWorld(file, { killAfter: 2 });
  await operate("one");
  await operate("two");
  expect(happened.splice(0)).toEqual(["one", "two", "kill"]);
  writeWorld(file, {
    faults: [fault({ action: "crash-plugin" }), fault({ action: "kill-engine", when: "after" })],
  });
  await operate("one");
  expect(happened).toEqual(["crash", "one", "kill"]);
});

test("several processes change one world without losing a change, and leave nothing beside it", async () => {
  const script = `
    const { changeWorld } = require(${JSON.stringify(join(__dirname, "../../../lab/plugins/memory/world"))});
    for (let i = 0; i < 50; i++) changeWorld(${JSON.stringify(file)}, (world) => { world.operations++; });`;
  const child = () => run(process.execPath, ["--require", "tsx/cjs", "--eval", script]);
  await Promise.all([child(), child(), child()]);
  expect(readWorld(file).operations).toBe(150);
  expect(readdirSync(dirname(file))).toEqual(["world.json"]);
});

test("the lock of a process that ended is taken over", async () => {
  const script = `require("node:fs").writeFileSync(${JSON.stringify(`${file}.lock`)}, String(process.pid))`;
  await run(process.execPath, ["--eval", script]);
  changeWorld(file, (world) => world.operations++);
  expect(readWorld(file).operations).toBe(1);
});

test("the address of a daemon's host", () => {
  expect(daemonHost("ssh://root@10.77.0.11:22")).toBe("10.77.0.11");
  expect(daemonHost("ssh://host1")).toBe("host1");
  expect(daemonHost("tcp://[fe80::1]:2376")).toBe("fe80::1");
  expect(daemonHost("unix:///run/docker.sock")).toBe("local");
  expect(daemonHost(undefined)).toBe("local");
});

test("a type without a counterpart in memory is refused: it would reach for real hosts", () => {
  const real: ResourceType = { inputs: {}, required: [], create: () => expect.fail("it was called") };
  const plugin = {
    name: "docker",
    version: "1",
    config: [],
    types: { "docker:index/service:Service": real },
  };
  expect(() => inMemory(plugin, file)).toThrow("no counterpart of docker:index/service:Service");
});
