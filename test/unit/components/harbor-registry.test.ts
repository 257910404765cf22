import { beforeAll, describe, expect, it } from "vitest";
import { type HarborRegistry, partNames } from "../../../components/harbor";
import { asks } from "../../../tools/diagram/registry";
import { dependencies, placesOf } from "./declared";
import { exampleHost } from "./examples";
import { allDeclared, find, noteOptions, startMocks, valueOf } from "../mocks";

const types = {
  container: "docker:index/container:Container",
  image: "docker:index/remoteImage:RemoteImage",
  command: "command:remote:Command",
  password: "random:index/randomPassword:RandomPassword",
};

describe("HarborRegistry", () => {
  let whole: HarborRegistry;
  let lean: HarborRegistry;

  beforeAll(async () => {
    await startMocks();
    const { HarborRegistry } = await import("../../../components/harbor");
    const { Host } = await import("../../../components/hosts");
    const host = (name: string, address: string) =>
      new Host(
        name,
        { ...exampleHost(address), images: { overrides: {} } },
        { transformations: [noteOptions] },
      );
    const opts = { transformations: [noteOptions] };
    whole = new HarborRegistry(
      "harbor",
      {
        host: host("host1", "192.0.2.11"),
        hostname: "registry.example.com",
        ports: { https: 8443, http: 8080 },
        scanner: {},
        metricsPort: 9091,
        rotation: 2,
      },
      opts,
    );
    lean = new HarborRegistry(
      "lean",
      {
        host: host("host2", "192.0.2.12"),
        hostname: "lean.example.com",
        version: "2.14.4",
        tls: { certificate: "GIVEN", key: "GIVEN-KEY" },
        storage: { bucket: "b", region: "r", accessKey: "access", secretKey: "BUCKET-SECRET" },
        database: {
          host: "192.0.2.40",
          port: 5432,
          name: "harbor",
          user: "harbor",
          sslMode: "verify-full",
          password: "DB-SECRET",
        },
        protect: false,
      },
      opts,
    );
    await allDeclared();
  }, 60_000); // on a machine that may be busy

  const container = async (name: string) => (await find(types.container, `${name}-container`)).inputs;
  const files = async (
    name: string,
  ): Promise<Record<string, { content: string; permissions: string; owner?: string }>> =>
    Object.fromEntries(
      ((await container(name)).uploads as { file: string }[]).map((upload) => [upload.file, upload]),
    ) as never;

  it("has parts that ask each other as the picture of a stack shows it", async () => {
    const aliases = new Map<string, string>();
    const told = new Map<string, string>();
    for (const part of partNames) {
      const {
        networksAdvanced,
        envs = [],
        uploads = [],
      } = (await container(`harbor-${part}`)) as {
        networksAdvanced: { aliases: string[] }[];
        envs?: string[];
        uploads?: { content: string }[];
      };
      aliases.set(part, networksAdvanced[0]?.aliases[0] as string);
      told.set(part, [...envs, ...uploads.map(({ content }) => content)].join("\n"));
    }
    const named = (part: string) =>
      partNames.filter(
        (other) =>
          other !== part &&
          // By a URL, with a port, or as a host; numbers for Prometheus are told to whoever asks.
          new RegExp(`(//|@|=| )${aliases.get(other)}:(?!9090)\\d+|HOST=${aliases.get(other)}$`, "m").test(
            told.get(part) as string,
          ),
      );
    const found = Object.fromEntries(
      partNames.map((part) => [part, named(part)] as const).filter(([, others]) => others.length > 0),
    );
    const drawn = Object.fromEntries(
      Object.entries(asks).map(([part, others]) => [
        part,
        partNames.filter((other) => others.includes(other)),
      ]),
    );
    expect(drawn).toEqual(found);
  });

  it("has the parts that it is asked for, and no log collector of its own", async () => {
    const names = (await allDeclared())
      .filter(({ type }) => type === types.container)
      .map(({ inputs }) => inputs.name as string);
    expect(names.filter((name) => name.startsWith("harbor-")).sort()).toEqual(
      [
        "core",
        "database",
        "exporter",
        "jobservice",
        "portal",
        "proxy",
        "redis",
        "registry",
        "registryctl",
        "scanner",
      ].map((part) => `harbor-${part}`),
    );
    expect(names.filter((name) => name.startsWith("lean-")).sort()).toEqual(
      ["core", "jobservice", "portal", "proxy", "redis", "registry", "registryctl"].map(
        (part) => `lean-${part}`,
      ),
    );
  });

  it("has images of its version", async () => {
    const images = (await allDeclared()).filter(({ type }) => type === types.image);
    const name = (resource: string) => images.find((image) => image.name === resource)?.inputs.name as string;
    expect(name("host1-image-harborCore")).toBe("docker.io/goharbor/harbor-core:v2.15.4");
    expect(name("host1-image-harborValkey")).toBe("docker.io/goharbor/valkey-photon:v2.15.4");
    expect(name("host2-image-harborCore")).toBe("docker.io/goharbor/harbor-core:v2.14.4");
    expect(name("host2-image-harborRedis")).toBe("docker.io/goharbor/redis-photon:v2.14.4");
    expect((await container("harbor-redis")).entrypoints).toEqual(["valkey-server"]);
    expect((await container("lean-redis")).entrypoints).toEqual(["redis-server"]);
    expect((await container("harbor-database")).command).toEqual(["15", "18"]);
  });

  it("has a network of its own, in which parts are called as in Harbor's own files", async () => {
    const aliases = await Promise.all(
      ["database", "scanner", "registryctl", "core"].map(async (part) => {
        const { networkMode, networksAdvanced } = await container(`harbor-${part}`);
        return [networkMode, ...networksAdvanced[0].aliases];
      }),
    );
    expect(aliases).toEqual([
      ["bridge", "postgresql"],
      ["bridge", "trivy-adapter"],
      ["bridge", "registryctl"],
      ["bridge", "core"],
    ]);
    expect((await container("harbor-proxy")).ports).toEqual([
      { internal: 8443, external: 8443 },
      { internal: 8080, external: 8080 },
      { internal: 9090, external: 9091 },
    ]);
    expect((await container("harbor-core")).ports).toBeUndefined();
  });

  it("drops all capabilities but those that a part needs, and limits memory", async () => {
    expect(await container("harbor-core")).toMatchObject({
      capabilities: { adds: ["SETGID", "SETUID"], drops: ["ALL"] },
      memory: 1024,
      logDriver: "json-file",
    });
    expect((await container("harbor-scanner")).capabilities).toEqual({ drops: ["ALL"] });
    expect((await container("harbor-database")).shmSize).toBe(1024);
  });

  it("keeps what is secret in files that only the part's user reads", async () => {
    const core = await files("harbor-core");
    expect(core["/etc/farmstack/environment"]).toMatchObject({
      permissions: "0400",
      owner: "10000",
      group: "10000",
    });
    expect(core["/etc/farmstack/environment"]?.content).toContain(
      "CORE_SECRET='password of harbor-core-secret'\n",
    );
    expect(core["/etc/core/key"]?.content).toBe("password of harbor-secret-key");
    expect(core["/etc/core/private_key.pem"]?.content).toBe("key of harbor-token-key");
    expect(core["/etc/core/ca/ca.crt"]?.content).toBe("certificate of harbor-ca");
    expect((await files("lean-core"))["/etc/core/ca/ca.crt"]).toBeUndefined();
    expect((await files("harbor-registry"))["/etc/registry/passwd"]?.content).toBe(
      "harbor_registry_user:hash of harbor-registry-password\n",
    );
    expect((await files("harbor-database"))["/etc/farmstack/password"]).toMatchObject({ owner: "999" });
    expect((await files("lean-proxy"))["/etc/cert/server.key"]?.content).toBe("GIVEN-KEY");
    const empty = (await allDeclared()).flatMap(({ inputs }) =>
      ((inputs.uploads ?? []) as { file: string; content: string }[]).filter(({ content }) => content === ""),
    );
    expect(empty).toEqual([]); // the provider takes an empty content for none
  });

  it.each([
    "password of harbor-core-secret",
    "password of harbor-admin-2",
    "password of harbor-registry-password",
    "password of harbor-database-password",
    "key of harbor-key",
    "BUCKET-SECRET",
    "DB-SECRET",
  ])("shows %s nowhere in clear", async (secret) => {
    expect((await placesOf(secret)).filter((place) => place.endsWith("in clear"))).toEqual([]);
    expect(await placesOf(secret)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^(uploads|stdin)/)]),
    );
  });

  it("shows the other variables in the plan", async () => {
    const { envs } = await container("lean-core");
    expect(envs).toContain("POSTGRESQL_HOST=192.0.2.40");
    expect(envs).toContain("REGISTRY_STORAGE_PROVIDER_NAME=s3");
    expect((await find(types.container, "lean-core-container")).secrets).not.toContain("envs");
  });

  it("starts in order, each stage when the one before is healthy", async () => {
    const after = async (type: string, name: string) =>
      (await dependencies((await find(type, name)).opts.dependsOn))
        .map((one) => one.replace(/^host1-/, ""))
        .sort();
    // dependsOn of a container component is passed down to its container by the engine, not by mocks
    const gate = async (name: string) =>
      (await after(types.command, `host1-harbor-${name}-healthy`)).filter((one) => !one.includes("image"));
    expect(await gate("stores")).toEqual(["harbor-database", "harbor-directories", "harbor-redis"]);
    expect(await gate("registry")).toEqual([
      "harbor-registry",
      "harbor-registryctl",
      "harbor-stores-healthy",
    ]);
    expect(await gate("core")).toEqual([
      "harbor-core",
      "harbor-database-password-set",
      "harbor-registry-healthy",
    ]);
    expect(await gate("parts")).toEqual([
      "harbor-core-healthy",
      "harbor-exporter",
      "harbor-jobservice",
      "harbor-portal",
      "harbor-scanner",
    ]);
    expect(await gate("entry")).toEqual(["harbor-parts-healthy", "harbor-proxy"]);
    expect(await after(types.command, "host1-harbor-version")).toEqual([
      "harbor-admin-password-set",
      "harbor-entry-healthy",
    ]);
  });

  it("keeps all passwords of admin, and protects what can't be made again", async () => {
    const protectedOnes = (await allDeclared())
      .filter(({ opts }) => opts.protect)
      .map(({ name }) => name)
      .filter((name) => name.startsWith("harbor"));
    expect(protectedOnes.sort()).toEqual(
      ["admin-0", "admin-1", "admin-2", "ca", "ca-key", "secret-key", "token-key"].map(
        (one) => `harbor-${one}`,
      ),
    );
    const { inputs } = await find(types.password, "harbor-secret-key");
    expect(inputs).toEqual({ length: 16, special: false }); // no keepers: never another
    expect((await find(types.password, "harbor-core-secret")).inputs.keepers).toEqual({ rotation: "2" });
    const { inputs: admin, secrets } = await find(types.command, "host1-harbor-admin-password-set");
    expect(admin.stdin).toContain(
      "password of harbor-admin-0 password of harbor-admin-1 password of harbor-admin-2",
    );
    expect(secrets).toContain("stdin");
  });

  it("tells what clients and operators need", async () => {
    expect([whole.url, whole.registry, lean.url]).toEqual([
      "https://registry.example.com:8443",
      "registry.example.com:8443",
      "https://lean.example.com",
    ]);
    expect(await valueOf(whole.ca!)).toBe("certificate of harbor-ca");
    expect(lean.ca).toBeUndefined();
    expect(await valueOf(whole.adminPassword)).toBe("password of harbor-admin-2");
    expect(whole.healthCommand).toBe(
      "ssh root@192.0.2.11 docker exec harbor-core curl --silent http://127.0.0.1:8080/api/v2.0/health",
    );
  });
});
