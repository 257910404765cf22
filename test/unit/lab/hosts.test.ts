import { describe, expect, it } from "vitest";
import { reachableServers } from "../../../lab/hosts/host";
import { readFileSync } from "node:fs";
import { treeFile, renderLabStack } from "../../../lab/stack-file";
import { parseStack } from "../../../tools/stack";
import { exampleHostKey } from "../config/samples";
import { routeDevice } from "../../../lab/hosts/route";
import { upstreamRegistries } from "../../../lab/hosts/upstream";

describe("the route to a lab address", () => {
  it("is read from the answer of ip route get", () => {
    expect(routeDevice("10.77.0.11 dev lab0 src 10.77.0.1 uid 0 \n    cache \n")).toBe("lab0");
  });

  it("is not the lab's when it goes through a gateway, another interface or nowhere", () => {
    expect(routeDevice("10.77.0.11 via 192.0.2.1 dev eth0 src 192.0.2.2 uid 0 \n    cache ")).toBeUndefined();
    expect(routeDevice("10.77.0.11 via 10.77.0.1 dev lab0 src 10.77.0.1 uid 0")).toBeUndefined();
    expect(routeDevice("local 10.77.0.11 dev lo src 10.77.0.11 uid 0")).toBe("lo");
    expect(routeDevice("")).toBeUndefined();
  });
});

describe("the registries that lead nowhere on the lab's hosts", () => {
  it("are those of all images, by the names of their servers, and not the lab's own", () => {
    expect(upstreamRegistries()).toEqual([
      "docker.elastic.co",
      "registry-1.docker.io",
      "ghcr.io",
      "quay.io",
      "registry.k8s.io",
    ]);
  });
});

describe("name servers that a host can reach", () => {
  it("are those that are not on loopback, with the search list", () => {
    expect(
      reachableServers(
        "# by hand\nnameserver 127.0.0.53\nnameserver 192.0.2.53\nsearch example\noptions edns0\n",
      ),
    ).toBe("nameserver 192.0.2.53\nsearch example\noptions edns0\n");
  });

  it("are none where the machine asks only itself", () => {
    expect(reachableServers("nameserver 127.0.0.53\nsearch example\n")).toBe("");
    expect(reachableServers("nameserver ::1\n")).toBe("");
  });
});

describe("the lab's copy of the dev stack", () => {
  it("has the way to the registry, and nothing that is insecure", () => {
    const ca = "~/ca.crt";
    const text = renderLabStack(readFileSync(treeFile, "utf8"), {
      hosts: ["host1", "host2", "host3"].map((name) => ({ name, address: "", hostKey: exampleHostKey(1) })),
      privateKeyFile: "/key",
      salt: "v1:salt",
      registry: { ca, username: "robot$lab", passwordFile: "/password" },
    });
    const { images, engine } = parseStack(text, "dev");
    expect(images.registry).toEqual({ ca, username: "robot$lab", passwordFile: "/password" });
    expect(engine.insecureRegistries).toEqual([]);
  });
});
