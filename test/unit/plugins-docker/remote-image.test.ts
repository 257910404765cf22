import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { disconnect } from "../../../lab/plugins/docker/connection";
import { remoteImage } from "../../../lab/plugins/docker/remote-image";
import { type Context } from "../../../lab/plugins/resource-type";
import { FakeDaemon } from "./fake-daemon";

const name = "10.77.0.1:5000/ceph:16";
let daemon: FakeDaemon;
let context: Context;

beforeEach(async () => {
  daemon = await new FakeDaemon().listen();
  const config = { host: `unix://${daemon.socket}` };
  context = { config, name: "ceph", urn: "urn", timeout: 0, cancelled: new AbortController().signal };
});

afterEach(() => {
  disconnect();
  daemon.close();
});

describe("RemoteImage", () => {
  it("is pulled when it is not there", async () => {
    daemon.pull = () => ({ id: "sha256:1" });
    const inputs = { name, keepLocally: true };
    const { id, outputs } = await remoteImage.create(inputs, context);
    expect(id).toBe(`sha256:1${name}`);
    expect(outputs).toEqual({ ...inputs, imageId: "sha256:1", repoDigest: "10.77.0.1:5000/ceph@sha256:d1" });
    expect(await remoteImage.read!(id, outputs, context)).toEqual({ inputs, outputs });
  });

  it("is not pulled when it is there, and kept or removed as it says", async () => {
    daemon.images[name] = "sha256:2";
    const { id, outputs } = await remoteImage.create({ name }, context);
    expect(daemon.requests.some((request) => request.includes("create"))).toBe(false);
    await remoteImage.delete!(id, { ...outputs, keepLocally: true }, context);
    expect(daemon.images).toEqual({ [name]: "sha256:2" });
    await remoteImage.delete!(id, outputs, context);
    await remoteImage.delete!(id, outputs, context); // gone already
    expect(await remoteImage.read!(id, outputs, context)).toBeUndefined();
  });

  it("names image, host, reason and next command when the pull fails", async () => {
    daemon.pull = () => ({ error: "manifest unknown" });
    await expect(remoteImage.create({ name }, context)).rejects.toThrow(
      `image ${name} cannot be pulled on unix://${daemon.socket}: manifest unknown. ` +
        `To try it by hand: docker -H unix://${daemon.socket} pull ${name}`,
    );
  });
});
