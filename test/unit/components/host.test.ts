import type * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { exampleHost } from "./examples";
import { allDeclared, find, noteOptions, startMocks, valueOf } from "../mocks";

describe("Host", () => {
  beforeAll(async () => {
    await startMocks();
    const { Host } = await import("../../../components/hosts");
    const host = new Host("host1", exampleHost("192.0.2.11"), { transformations: [noteOptions] });
    const sudo = new Host(
      "host2",
      { ...exampleHost("192.0.2.12"), ssh: { user: "farm", port: 2222 } },
      { transformations: [noteOptions] },
    );
    const registry = { address: "r:1", ca: "PEM\n", login: { username: "robot", password: "s3cret" } };
    new Host(
      "host3",
      { ...exampleHost("192.0.2.13"), images: { mirror: "r:1", overrides: {}, registry } },
      { transformations: [noteOptions] },
    );
    host.image("ceph");
    host.image("ceph");
    expect(await valueOf(host.preparation)).toBe("output of host1-prepare");
    expect(sudo.shellCommand("docker ps")).toBe("ssh -p 2222 farm@192.0.2.12 sudo docker ps");
  });

  it("prepares over one verified connection, the script on standard input", async () => {
    const { inputs, secrets } = await find("command:remote:Command", "host1-prepare");
    expect(inputs.connection).toMatchObject({
      host: "192.0.2.11",
      user: "root",
      port: 22,
      hostKey: exampleHost("").hostKey,
    });
    expect(inputs.create).toBe("sh -s");
    expect(inputs.stdin).toContain('"live-restore": true');
    expect(inputs.addPreviousOutputInEnv).toBe(false);
    expect(inputs.triggers).toBeUndefined(); // they would replace, not update
    expect(secrets).toEqual(["connection"]); // the script itself shows in the plan
  });

  it("uses sudo for any other login", async () => {
    expect((await find("command:remote:Command", "host2-prepare")).inputs.create).toBe("sudo -n sh -s");
  });

  it("gives a Docker provider that accepts only the host's key, after the preparation", async () => {
    const { inputs, opts } = await find("pulumi:providers:docker", "host2-docker");
    expect(inputs.host).toBe("ssh://farm@192.0.2.12:2222");
    const options = JSON.parse(inputs.sshOpts) as string[];
    expect(options).toContain(`KnownHostsCommand=/bin/echo %H ${exampleHost("").hostKey}`);
    expect(options).toContain("StrictHostKeyChecking=yes");
    expect(await names(opts.dependsOn)).toEqual(["host2-prepare"]);
  });

  it("trusts the mirror's authority, and logs in as the provider does", async () => {
    const { inputs: prepare } = await find("command:remote:Command", "host3-prepare");
    expect(prepare.stdin).toContain("registry='r:1'\nregistry_ca='PEM\n'");
    expect(prepare.stdin).not.toContain("s3cret");
    const { inputs, secrets } = await find("pulumi:providers:docker", "host3-docker");
    expect(JSON.parse(inputs.registryAuth)).toEqual([
      { address: "r:1", username: "robot", password: "s3cret" },
    ]);
    expect(secrets).toContain("registryAuth");
    expect((await find("pulumi:providers:docker", "host1-docker")).inputs.registryAuth).toBeUndefined();
  });

  it("pulls an image once, through its own provider, and leaves it there", async () => {
    const images = (await allDeclared()).filter(
      ({ type }) => type === "docker:index/remoteImage:RemoteImage",
    );
    expect(images.map(({ name }) => name)).toEqual(["host1-image-ceph"]);
    expect(images[0]?.inputs).toEqual({ name: "registry.example:5000/lab/ceph:1", keepLocally: true });
    expect(images[0]?.provider).toContain("::host1-docker::");
  });
});

async function names(dependsOn: pulumi.CustomResourceOptions["dependsOn"]): Promise<string[]> {
  const urns = [dependsOn].flat().map((resource) => valueOf((resource as pulumi.Resource).urn));
  return (await Promise.all(urns)).map((urn) => urn.split("::").pop() as string);
}
