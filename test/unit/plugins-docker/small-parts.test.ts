import { describe, expect, it } from "vitest";
import { withoutFrames } from "../../../lab/plugins/docker/container-logs";
import { duration, nanoseconds } from "../../../lab/plugins/docker/duration";
import { parseImage } from "../../../lab/plugins/docker/image-reference";
import { networkBody } from "../../../lab/plugins/docker/network";
import { credentials, repoDigest } from "../../../lab/plugins/docker/remote-image";

describe("duration", () => {
  it.each([
    ["0s", 0],
    ["10s", 10e9],
    ["1m30s", 90e9],
    ["1.5h", 5400e9],
    ["500ms", 5e8],
  ])("%s", (text, expected) => expect(nanoseconds(text)).toBe(expected));

  it.each(["", "10", "s", "1 m", "-1s"])("refuses %j", (text) => expect(nanoseconds(text)).toBeUndefined());

  it.each([0, 10e9, 1.5e9, 7])("is read back: %d", (value) =>
    expect(nanoseconds(duration(value))).toBe(value),
  );
});

describe("parseImage", () => {
  it.each([
    ["busybox", "registry-1.docker.io", "busybox", "latest"],
    ["ceph/daemon:v1", "registry-1.docker.io", "ceph/daemon", "v1"],
    ["10.77.0.1:5000/ceph:16", "10.77.0.1:5000", "10.77.0.1:5000/ceph", "16"],
    ["localhost/a", "localhost", "localhost/a", "latest"],
    ["r.example/a/b:1@sha256:ab", "r.example", "r.example/a/b", "sha256:ab"],
  ])("%s", (name, registry, repository, version) =>
    expect(parseImage(name)).toEqual({ registry, repository, version }),
  );
});

describe("repoDigest", () => {
  it("is the one of the image's own repository", () => {
    const digests = ["other/x@sha256:1", "r:5000/x@sha256:2"];
    expect(repoDigest("r:5000/x:v1", digests)).toBe("r:5000/x@sha256:2");
    expect(repoDigest("never/pulled", [])).toBe("");
  });
});

describe("credentials", () => {
  it("are those of the image's registry only", () => {
    const config = {
      registryAuth: [{ address: "https://r.example:5000/v2/", username: "u", password: "p" }],
    };
    expect(credentials("r.example:5000", config)).toMatchObject({ username: "u", password: "p" });
    expect(credentials("other.example", config)).toEqual({});
    expect(credentials("r.example:5000", {})).toEqual({});
  });
});

describe("withoutFrames", () => {
  it("joins the pieces of both streams", () => {
    const piece = (stream: number, text: string) => {
      const head = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
      head.writeUInt32BE(Buffer.byteLength(text), 4);
      return Buffer.concat([head, Buffer.from(text)]);
    };
    expect(withoutFrames(Buffer.concat([piece(1, "grün\n"), piece(2, "rot\n")]))).toBe("grün\nrot\n");
    expect(withoutFrames(Buffer.alloc(0))).toBe("");
  });
});

describe("networkBody", () => {
  it("leaves out what is not given", () => {
    const body = networkBody({ name: "n", internal: true, ipamConfigs: [{ subnet: "10.88.0.0/24" }] });
    expect(JSON.parse(JSON.stringify(body))).toEqual({
      Name: "n",
      Internal: true,
      Labels: {},
      IPAM: { Driver: "default", Config: [{ Subnet: "10.88.0.0/24" }] },
    });
  });
});
