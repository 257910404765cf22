import type Docker from "dockerode";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { covers, createBody, inputsSeen } from "../../../lab/plugins/docker/container-body";
import { containerDefaults } from "../../../lab/plugins/docker/container-check";
import { updateBody } from "../../../lab/plugins/docker/container";
import { type Properties } from "../../../lab/plugins/resource-type";

const monitor: Properties = {
  ...containerDefaults,
  name: "ceph-mon-a",
  image: "sha256:1111",
  entrypoints: ["ceph-mon"],
  command: ["-f", "-i", "a"],
  envs: ["TZ=UTC"],
  labels: [{ label: "farmstack.component", value: "ceph" }],
  networkMode: "host",
  hosts: [{ host: "mon-b", ip: "10.77.0.12" }],
  ports: [
    { internal: 6789, external: 6789 },
    { internal: 53, protocol: "udp", ip: "127.0.0.1" },
  ],
  volumes: [
    { hostPath: "/var/lib/ceph/a", containerPath: "/var/lib/ceph/mon" },
    { volumeName: "logs", containerPath: "/var/log", readOnly: true },
    { containerPath: "/cache" },
  ],
  mounts: [{ type: "bind", source: "/mnt", target: "/mnt", bindOptions: { propagation: "rslave" } }],
  uploads: [{ file: "/etc/ceph/keyring", content: "secret", permissions: "0400" }],
  capabilities: { adds: ["SYS_TIME"], drops: ["CAP_MKNOD"] },
  devices: [{ hostPath: "/dev/fuse" }],
  ulimits: [{ name: "nofile", soft: 1024, hard: 4096 }],
  logDriver: "json-file",
  logOpts: { "max-size": "10m" },
  restart: "unless-stopped",
  memory: 512,
  memorySwap: -1,
  cpus: "1.5",
  stopTimeout: 30,
  healthcheck: { tests: ["CMD", "ceph", "ping"], interval: "10s", timeout: "1500ms", retries: 3 },
};

describe("createBody", () => {
  it("puts every input where Docker wants it, and no file content", () => {
    expect(createBody(monitor)).toEqual({
      Image: "sha256:1111",
      Entrypoint: ["ceph-mon"],
      Cmd: ["-f", "-i", "a"],
      Env: ["TZ=UTC"],
      Labels: { "farmstack.component": "ceph" },
      ExposedPorts: { "6789/tcp": {}, "53/udp": {} },
      Volumes: { "/cache": {} },
      StopTimeout: 30,
      Healthcheck: {
        Test: ["CMD", "ceph", "ping"],
        Interval: 10e9,
        Timeout: 1.5e9,
        StartPeriod: 0,
        StartInterval: 0,
        Retries: 3,
      },
      HostConfig: {
        NetworkMode: "host",
        ExtraHosts: ["mon-b:10.77.0.12"],
        PortBindings: {
          "6789/tcp": [{ HostIp: "0.0.0.0", HostPort: "6789" }],
          "53/udp": [{ HostIp: "127.0.0.1", HostPort: "" }],
        },
        Binds: ["/var/lib/ceph/a:/var/lib/ceph/mon:rw", "logs:/var/log:ro"],
        VolumesFrom: [],
        Mounts: [{ Type: "bind", Source: "/mnt", Target: "/mnt", BindOptions: { Propagation: "rslave" } }],
        CapAdd: ["SYS_TIME"],
        CapDrop: ["MKNOD"],
        Devices: [{ PathOnHost: "/dev/fuse", PathInContainer: "/dev/fuse", CgroupPermissions: "rwm" }],
        Ulimits: [{ Name: "nofile", Soft: 1024, Hard: 4096 }],
        LogConfig: { Type: "json-file", Config: { "max-size": "10m" } },
        RestartPolicy: { Name: "unless-stopped" },
        Memory: 512 * 2 ** 20,
        MemorySwap: -1,
        NanoCpus: 1.5e9,
        ReadonlyRootfs: false,
        AutoRemove: false,
      },
    });
  });

  it("sends all limits together in an update", () => {
    expect(updateBody(monitor)).toEqual({
      Memory: 512 * 2 ** 20,
      MemorySwap: -1,
      RestartPolicy: { Name: "unless-stopped" },
    });
  });
});

/** What a daemon answers to an inspect right after this create: with additions of its own, and nulls for what is empty. */
function inspectAfter(
  inputs: Properties,
  state: Properties = { Running: true },
): Docker.ContainerInspectInfo {
  const { HostConfig, ...Config } = createBody(inputs) as Properties;
  const host: Properties = {
    ShmSize: 64 * 2 ** 20,
    Runtime: "runc",
    CgroupnsMode: "private",
    IpcMode: "private",
    Memory: 0,
    ...HostConfig,
    CapAdd: HostConfig.CapAdd?.map((name: string) => `CAP_${name}`) ?? null,
    LogConfig: { Type: "json-file", Config: { "max-file": "3", ...HostConfig.LogConfig?.Config } },
  };
  for (const [key, value] of Object.entries(host))
    if (Array.isArray(value) && value.length === 0) host[key] = null;
  if (Config.Healthcheck) delete Config.Healthcheck.StartInterval; // as an engine before 25
  return {
    Name: `/${inputs.name}`,
    Image: inputs.image,
    State: state,
    Config: {
      WorkingDir: "",
      User: "",
      ...Config,
      Env: [...(Config.Env ?? []), "PATH=/usr/bin"],
      Labels: { ...Config.Labels, "of.the.image": "yes" },
    },
    HostConfig: host,
    NetworkSettings: { Networks: {} },
  } as unknown as Docker.ContainerInspectInfo;
}

describe("inputsSeen", () => {
  it("gives the inputs of a container that is as it was created", () => {
    expect(inputsSeen(monitor, inspectAfter(monitor))).toEqual(monitor);
  });

  const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
  const path = word.map((name) => `/${name}`);
  const lists = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 3 });
  const arbitraryInputs = fc.record(
    {
      entrypoints: lists(word),
      command: lists(word),
      envs: lists(fc.tuple(word, word).map(([name, value]) => `${name}=${value}`)),
      labels: fc.uniqueArray(fc.record({ label: word, value: word }), {
        selector: ({ label }) => label,
        maxLength: 3,
      }),
      user: fc.constantFrom("", "root", "64045:64045"),
      hosts: lists(fc.record({ host: word, ip: fc.ipV4() })),
      ports: lists(
        fc.record(
          {
            internal: fc.integer({ min: 1, max: 65535 }),
            external: fc.integer({ min: 1, max: 65535 }),
            ip: fc.ipV4(),
          },
          { requiredKeys: ["internal"] },
        ),
      ),
      volumes: lists(
        fc.oneof(
          fc.record({ hostPath: path, containerPath: path, readOnly: fc.boolean() }),
          fc.record({ volumeName: word, containerPath: path }),
          fc.record({ containerPath: path }),
        ),
      ),
      capabilities: fc.record({ adds: lists(word), drops: lists(word) }, { requiredKeys: [] }),
      devices: lists(
        fc.record({ hostPath: path, permissions: fc.constant("r") }, { requiredKeys: ["hostPath"] }),
      ),
      logOpts: fc.dictionary(word, word),
      memory: fc.nat(4096),
      cpuShares: fc.nat(1024),
      restart: fc.constantFrom("no", "always", "on-failure", "unless-stopped"),
      init: fc.boolean(),
      privileged: fc.boolean(),
      networkMode: fc.constantFrom("host", "bridge", "container:other"),
      healthcheck: fc.record(
        { tests: lists(word), interval: fc.nat(90).map((s) => `${s}s`), startInterval: fc.constant("2s") },
        { requiredKeys: ["tests"] },
      ),
    },
    { requiredKeys: [] },
  );

  it("finds no drift after any create", () => {
    fc.assert(
      fc.property(arbitraryInputs, (some) => {
        const inputs = { ...containerDefaults, ...some, name: "any", image: "sha256:2222" };
        expect(inputsSeen(inputs, inspectAfter(inputs))).toEqual(inputs);
      }),
    );
  });

  it("shows a stopped container as one that is not kept running", () => {
    const stopped = inspectAfter(monitor, { Running: false, ExitCode: 137 });
    expect(inputsSeen(monitor, stopped)).toEqual({ ...monitor, mustRun: false });
    expect(inputsSeen({ ...monitor, start: false }, stopped).mustRun).toBe(true);
  });

  it("shows what somebody changed on the host, in the input's own form", () => {
    const changed = inspectAfter(monitor);
    Object.assign(changed.HostConfig, {
      Memory: 256 * 2 ** 20,
      RestartPolicy: { Name: "no" },
      CpuShares: 512,
    });
    changed.Name = "/renamed";
    expect(inputsSeen(monitor, changed)).toEqual({
      ...monitor,
      name: "renamed",
      memory: 256,
      restart: "no",
      cpuShares: 512,
    });
  });

  it("reads every block back in its own form when it differs", () => {
    const other = { ...monitor, image: "sha256:3333", labels: [{ label: "a", value: "b" }] };
    const asked = {
      ...monitor,
      ports: [{ internal: 1 }],
      volumes: [{ hostPath: "/x", containerPath: "/y" }],
      mounts: [{ type: "tmpfs", target: "/z" }],
      hosts: [{ host: "z", ip: "10.77.0.99" }],
      devices: [{ hostPath: "/dev/z" }],
      ulimits: [{ name: "core", soft: 0, hard: 1 }],
      capabilities: { adds: ["ALL"] },
      cpus: "2",
      healthcheck: { tests: ["NONE"] },
      envs: ["TZ=CET"],
    };
    expect(inputsSeen(asked, inspectAfter(other))).toMatchObject({
      image: "sha256:3333",
      envs: ["TZ=UTC", "PATH=/usr/bin"],
      ports: [
        { internal: 6789, external: 6789, ip: "0.0.0.0", protocol: "tcp" },
        { internal: 53, ip: "127.0.0.1", protocol: "udp" },
      ],
      volumes: [
        { hostPath: "/var/lib/ceph/a", containerPath: "/var/lib/ceph/mon", readOnly: false },
        { volumeName: "logs", containerPath: "/var/log", readOnly: true },
      ],
      mounts: monitor.mounts,
      hosts: monitor.hosts,
      devices: [{ hostPath: "/dev/fuse", containerPath: "/dev/fuse", permissions: "rwm" }],
      ulimits: monitor.ulimits,
      capabilities: { adds: ["SYS_TIME"], drops: ["MKNOD"] },
      cpus: "1.5",
      healthcheck: { tests: ["CMD", "ceph", "ping"], interval: "10s", timeout: "1500ms", retries: 3 },
      uploads: monitor.uploads,
    });
  });
});

describe("covers", () => {
  it.each([
    [null, []],
    [undefined, ""],
    [0, undefined],
    [["A=1", "PATH=/bin"], ["A=1"]],
    [{ a: "1", b: "2" }, { b: "2" }],
    ["container:0a1b", "container:name"],
  ])("%j has %j", (there, asked) => expect(covers(there, asked)).toBe(true));

  it.each([
    [1, 0],
    [null, ["a"]],
    [{ a: "1" }, { a: "2" }],
    ["bridge", "host"],
  ])("%j has not %j", (there, asked) => expect(covers(there, asked)).toBe(false));
});
