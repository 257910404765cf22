import { describe, expect, it } from "vitest";
import { applicationImage, below, catalog, imageReference } from "../../../components/images";
import { opensshOptions } from "../../../components/hosts/ssh";

describe("imageReference", () => {
  it("is the catalog's, pinned by digest", () => {
    expect(imageReference("ceph", { overrides: {} })).toBe(
      `${catalog.ceph.reference}@${catalog.ceph.digest}`,
    );
  });

  it("is below the mirror, with the upstream registry in its path", () => {
    expect(imageReference("ceph", { mirror: "m:5000/all", overrides: {} })).toMatch(
      /^m:5000\/all\/quay\.io\/ceph\/ceph:/,
    );
  });

  it("is the override where there is one, also below the mirror", () => {
    expect(imageReference("ceph", { mirror: "m:5000", overrides: { ceph: "lab/ceph:16" } })).toBe(
      "m:5000/lab/ceph:16",
    );
  });
});

describe("an image that the mirror can't be asked for", () => {
  it("comes from its own registry, and has the stack's digest all the same", () => {
    const { reference } = catalog.harborCore;
    const digest = `sha256:${"a".repeat(64)}`;
    const sources = { mirror: "m:5000", overrides: {}, direct: ["harborCore" as const] };
    expect(imageReference("harborCore", sources)).toBe(reference);
    expect(imageReference("harborCore", { ...sources, digests: { [reference]: digest } })).toBe(
      `${reference}@${digest}`,
    );
    expect(imageReference("pause", sources)).toBe(`m:5000/${catalog.pause.reference}`);
  });
});

describe("digests of the stack", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  const digests = { "docker.io/shop:1": digest, "lab/ceph:16": digest };

  it("go behind the tags that they are of, below the mirror too", () => {
    const sources = { mirror: "m:5000", overrides: { ceph: "lab/ceph:16" }, digests };
    expect(imageReference("ceph", sources)).toBe(`m:5000/lab/ceph:16@${digest}`);
    expect(imageReference("pause", sources)).toBe(`m:5000/${catalog.pause.reference}`);
    expect(applicationImage("docker.io/shop:1", sources)).toBe(`m:5000/docker.io/shop:1@${digest}`);
    expect(applicationImage("m:5000/docker.io/shop:1", sources)).toBe(`m:5000/docker.io/shop:1@${digest}`);
    expect(applicationImage("docker.io/shop:2", { overrides: {}, digests })).toBe("docker.io/shop:2");
  });
});

describe("a registry with a port", () => {
  it("is a part of a path below the mirror", () => {
    expect(below("m:5000/all", "r.example:5000/shop:1")).toBe("m:5000/all/r.example_5000/shop:1");
    expect(below("m:5000", "shop:1")).toBe("m:5000/shop:1");
    expect(below(undefined, "r.example:5000/shop:1")).toBe("r.example:5000/shop:1");
  });
});

describe("applicationImage", () => {
  const sources = { mirror: "m:5000", overrides: {} };

  it("is one of the catalog's by its name", () => {
    expect(applicationImage("pause", sources)).toBe(imageReference("pause", sources));
  });

  it("is any other below the mirror, once", () => {
    expect(applicationImage("docker.io/shop:1", { overrides: {} })).toBe("docker.io/shop:1");
    expect(applicationImage("docker.io/shop:1", sources)).toBe("m:5000/docker.io/shop:1");
    expect(applicationImage("m:5000/shop:1", sources)).toBe("m:5000/shop:1");
  });
});

describe("opensshOptions", () => {
  it("pins the key and its kind, and nothing of the user's", () => {
    expect(
      opensshOptions({ user: "root", port: 22, privateKeyFile: "~/.ssh/id" }, "ssh-rsa AAAA comment"),
    ).toEqual(
      [
        "BatchMode=yes",
        "StrictHostKeyChecking=yes",
        "KnownHostsCommand=/bin/echo %H ssh-rsa AAAA",
        "UserKnownHostsFile=/dev/null",
        "GlobalKnownHostsFile=/dev/null",
        "HostKeyAlgorithms=rsa-sha2-512,rsa-sha2-256",
        "ConnectTimeout=15",
        "ServerAliveInterval=15",
        "IdentitiesOnly=yes",
        "IdentityFile=~/.ssh/id",
      ].flatMap((option) => ["-o", option]),
    );
  });
});
