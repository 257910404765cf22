import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { disconnect } from "../../../lab/plugins/docker/connection";
import { container } from "../../../lab/plugins/docker/container";
import { type Context, InitializationFailed, type Properties } from "../../../lab/plugins/resource-type";
import { FakeDaemon } from "./fake-daemon";

let daemon: FakeDaemon;
let context: Context;
let cancel: AbortController;

beforeEach(async () => {
  daemon = await new FakeDaemon().listen();
  cancel = new AbortController();
  context = {
    config: { host: `unix://${daemon.socket}` },
    name: "web",
    urn: "urn",
    timeout: 0,
    cancelled: cancel.signal,
  };
});

afterEach(() => {
  disconnect();
  daemon.close();
});

const complete = (inputs: Properties) =>
  container.defaults!({ image: "sha256:1", name: "web", mustRun: false, ...inputs }, {}, "web");

async function failure(work: Promise<unknown>): Promise<InitializationFailed> {
  const error = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(InitializationFailed);
  return error as InitializationFailed;
}

const healthcheck = { tests: ["CMD", "true"] };
const health = (Status: string, Log: Properties[] = []) => ({
  Running: true,
  Status: "running",
  Health: { Status, Log },
});

describe("create", () => {
  it("creates, sends the files, then starts; nothing of the body is in the address", async () => {
    const inputs = complete({ envs: ["A=1"], uploads: [{ file: "/etc/x", content: "secret" }] });
    const { id, outputs } = await container.create(inputs, context);
    expect(id).toBe("id-of-web");
    expect(daemon.requests.filter((request) => !request.startsWith("GET"))).toEqual([
      "POST /containers/create?name=web",
      "PUT /containers/id-of-web/archive?path=%2F",
      "POST /containers/id-of-web/start",
    ]);
    expect(daemon.containers[0]?.archive?.toString()).toContain("secret");
    expect(outputs).toMatchObject({ ...inputs, exitCode: 0, bridge: "" });
    expect(outputs.networkDatas).toMatchObject([{ networkName: "bridge", ipAddress: "172.17.0.2" }]);
    expect(outputs).not.toHaveProperty("containerLogs");
  });

  it("does not start with start: false", async () => {
    await container.create(complete({ start: false, mustRun: true }), context);
    expect(daemon.requests.some((request) => request.includes("start"))).toBe(false);
  });

  it("passes a name conflict on, with a command to look at it", async () => {
    await container.create(complete({}), context);
    await expect(container.create(complete({}), context)).rejects.toThrow(
      `Conflict. The container name "/web" is already in use. See docker -H unix://${daemon.socket} inspect web`,
    );
  });

  it("waits until it is healthy", async () => {
    let looks = 0;
    daemon.onStart = () => health(++looks < 3 ? "starting" : "healthy");
    await container.create(complete({ wait: true, healthcheck }), context);
    expect(looks).toBeGreaterThanOrEqual(3);
  });

  it("fails after waitTimeout with the last check and the last log lines, and keeps the id", async () => {
    daemon.log = "cannot bind\n";
    daemon.onStart = () =>
      health("unhealthy", [
        { ExitCode: 1, Output: "no\n" },
        { ExitCode: 3, Output: "refused\n" },
      ]);
    const { id, properties, message } = await failure(
      container.create(
        complete({ wait: true, waitTimeout: 0.3, healthcheck, envs: ["PASSWORD=hunter2"] }),
        context,
      ),
    );
    expect(id).toBe("id-of-web");
    expect(properties).toMatchObject({ name: "web" });
    expect(message.split("\n")).toEqual([
      `unix://${daemon.socket}: container web was not healthy after 0.3 s`,
      "Last health check (exit code 3): refused",
      "Last lines of its log:",
      "cannot bind",
      `To see more: docker -H unix://${daemon.socket} logs web`,
    ]);
  });

  it("says so when wait is given without a healthcheck", async () => {
    expect((await failure(container.create(complete({ wait: true }), context))).message).toContain(
      "has no healthcheck",
    );
  });

  it("fails when the container exits at once", async () => {
    daemon.onStart = () => ({ Running: false, Status: "exited", ExitCode: 7 });
    const { message } = await failure(container.create(complete({ mustRun: true }), context));
    expect(message).toContain("container web ended at once with exit code 7\nIt wrote nothing to its log.");
  });

  it("takes one that its restart policy brought back after a first crash, and none that crashes again", async () => {
    const inputs = complete({ mustRun: true, restart: "unless-stopped" });
    let looks = 0;
    const crashed = { Running: true, Restarting: true, Status: "restarting", ExitCode: 134 };
    daemon.onStart = () => (++looks === 2 ? crashed : { Running: true, Status: "running" });
    await container.create(inputs, context);
    expect(looks).toBeGreaterThan(3);

    daemon.containers.length = 0;
    daemon.onStart = () => (++looks % 3 === 0 ? crashed : { Running: true, Status: "running" });
    expect((await failure(container.create(inputs, context))).message).toContain("exit code 134");
  });

  it("stops waiting when the run is cancelled", async () => {
    daemon.onStart = () => health("starting");
    setTimeout(() => cancel.abort(), 100);
    expect(
      (await failure(container.create(complete({ wait: true, healthcheck }), context))).message,
    ).toContain("cancelled");
  });

  it("gives exit code and logs of a container that it is attached to", async () => {
    daemon.log = "done\n";
    let looks = 0;
    daemon.onStart = () => (++looks < 3 ? { Running: true } : { Running: false, ExitCode: 4 });
    const { outputs } = await container.create(complete({ attach: true, logs: true }), context);
    expect(outputs).toMatchObject({ exitCode: 4, containerLogs: "done\n" });
  });
});

describe("update", () => {
  it("goes on where a create broke off", async () => {
    const inputs = complete({ uploads: [{ file: "/etc/x", content: "text" }] });
    const { id, outputs } = await container.create({ ...inputs, start: false }, context);
    daemon.requests.length = 0;
    await container.update!(id, outputs, inputs, context);
    expect(daemon.requests).toContain("PUT /containers/id-of-web/archive?path=%2F");
    expect(daemon.requests).toContain("POST /containers/id-of-web/start");
  });

  it("starts a container that was found stopped", async () => {
    const inputs = complete({ wait: true, mustRun: true, healthcheck });
    daemon.onStart = () => health("healthy");
    const { id, outputs } = await container.create(inputs, context);
    daemon.containers[0]!.state = { Running: false, Status: "exited", ExitCode: 137 };
    const found = await container.read!(id, outputs, context);
    expect(found?.inputs).toEqual({ ...inputs, mustRun: false });
    expect(found?.outputs.exitCode).toBe(137);
    expect(await container.update!(id, found!.outputs, inputs, context)).toEqual(outputs);
  });

  it("changes limits in place and leaves the container running", async () => {
    const { id, outputs } = await container.create(complete({ memory: 100 }), context);
    daemon.requests.length = 0;
    const updated = await container.update!(id, outputs, complete({ memory: 200 }), context);
    expect(updated.memory).toBe(200);
    expect(daemon.containers[0]?.body.HostConfig.Memory).toBe(200 * 2 ** 20);
    expect(daemon.requests.filter((request) => request.startsWith("POST"))).toEqual([
      "POST /containers/id-of-web/update",
    ]);
  });
});

describe("read", () => {
  it("finds what was created unchanged", async () => {
    const inputs = complete({ command: ["a"], memory: 100, labels: [{ label: "a", value: "b" }] });
    const { id, outputs } = await container.create(inputs, context);
    expect(await container.read!(id, outputs, context)).toEqual({ inputs, outputs });
  });

  it("finds nothing when it is gone", async () => {
    expect(await container.read!("gone", complete({}), context)).toBeUndefined();
  });

  it("does not take a daemon that is not there for a container that is gone", async () => {
    const config = { host: "unix:///nowhere.sock" };
    await expect(container.read!("x", complete({}), { ...context, config })).rejects.toThrow(
      "unix:///nowhere.sock: connect ENOENT",
    );
  });
});

describe("delete", () => {
  it("stops with the grace that is asked for and removes anonymous volumes", async () => {
    const { id, outputs } = await container.create(complete({ destroyGraceSeconds: 5 }), context);
    daemon.requests.length = 0;
    await container.delete!(id, outputs, context);
    expect(daemon.requests).toEqual([
      "POST /containers/id-of-web/stop?t=5",
      "DELETE /containers/id-of-web?v=true&force=true",
    ]);
    await container.delete!(id, outputs, context); // gone already
  });
});
