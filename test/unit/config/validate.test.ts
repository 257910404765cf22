import { describe, expect, it } from "vitest";
import { ConfigurationFaults, validate } from "../../../config";
import { completeSettings, exampleHostKey, smallestSettings } from "./samples";

/** The lines of all faults; empty when there are none. */
function faults(raw: unknown, stack?: string): string[] {
  try {
    validate(raw, stack);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationFaults)) throw error;
    return error.message.split("\n");
  }
}

/** A complete configuration with one thing changed. */
function changed(change: (settings: ReturnType<typeof completeSettings>) => void): unknown {
  const settings = completeSettings();
  change(settings);
  return settings;
}

describe("a valid configuration", () => {
  it("comes out as it went in when it says everything", () => {
    expect(validate(completeSettings())).toEqual(completeSettings());
  });

  it("gets the defaults for what it leaves out", () => {
    expect(validate(smallestSettings())).toEqual({
      ...smallestSettings(),
      ssh: { user: "root", port: 22 },
      engine: {
        source: "distribution",
        dataRoot: "/var/lib/docker",
        requireMount: false,
        registryMirrors: [],
        insecureRegistries: [],
        logMaxSize: "50m",
        logMaxFile: 5,
        liveRestore: true,
      },
      system: {
        timezone: "Etc/UTC",
        fonts: false,
        sysctls: {},
        audit: true,
        checkClock: true,
        sshMaxStartups: "100:30:200",
        sshMaxSessions: 100,
      },
      images: { overrides: {}, digests: {} },
      ceph: {
        ...smallestSettings().ceph,
        keyType: "aes256k",
        osds: [],
        metadataServers: [],
        filesystems: [],
        osdMemoryMiB: 4096,
        metadataServerMemoryMiB: 4096,
        managerModules: [],
        pools: [],
        clients: [],
        mounts: [],
        settings: {},
        startupSettings: {},
      },
      kubernetes: {
        controlPlane: [],
        workers: [],
        podNetwork: "10.244.0.0/16",
        serviceNetwork: "10.96.0.0/12",
        imageTags: {},
        ignorePreflightErrors: [],
        kubelet: {},
      },
      namespaces: [],
      databases: [],
      webApps: [],
      logging: {
        hosts: [],
        memoryMiB: 4096,
        lockMemory: true,
        openFiles: 65535,
        retention: { days: 14, maxGiB: 50 },
        receiver: { kind: "logstash", memoryMiB: 1024, queueMiB: 1024 },
        shippers: { to: "receiver", queueMiB: 1024, memoryMiB: 256, exclude: [] },
        rotation: { elastic: 0, kibana_system: 0, writer: 0, reader: 0, keeper: 0 },
      },
      harbor: {
        version: "2.15.4",
        ports: { https: 443 },
        jobWorkers: 10,
        memoryMiB: {},
        trustedCaFiles: [],
        rotation: 0,
        registries: [],
        projects: [],
        robots: [],
        replications: [],
      },
      dataDirectory: "/var/lib/farmstack",
      protectData: true,
    });
  });

  it("gets the defaults of an app", () => {
    const app = { name: "front", namespace: "shop", image: "shop:1", port: 3000 };
    const raw = {
      ...smallestSettings(),
      kubernetes: { kubeconfigFile: "~/.kube/config" },
      namespaces: [{ name: "shop", environment: "TEST" }],
    };
    expect(validate({ ...raw, webApps: [app] }).webApps).toEqual([
      {
        ...app,
        values: {},
        config: {},
        secrets: {},
        probes: { ready: "/", startWithin: 60 },
        resources: { cpu: "100m", memory: "256Mi" },
        user: 1000,
        temporarySpace: "64Mi",
        askedBy: [],
        asks: [],
      },
    ]);
    const [scaled] = validate({ ...raw, webApps: [{ ...app, scaling: { max: 5 } }] }).webApps;
    expect(scaled!.scaling).toEqual({
      safeLine: 60,
      fatalLine: 90,
      outBy: { pods: 2 },
      samplesBeforeScaleIn: 20,
      min: 2,
      max: 5,
    });
  });

  it("gets the defaults of the elements of its lists", () => {
    const { hosts, ceph } = smallestSettings();
    const { pools, clients, mounts } = validate({
      hosts,
      ceph: {
        ...ceph,
        metadataServers: ["host1"],
        filesystems: ["cephfs"],
        pools: [{ name: "disks" }],
        clients: [{ name: "kubernetes", pool: "disks", kubernetes: true }],
        mounts: [{ filesystem: "cephfs", path: "/mnt/cephfs", hosts: ["host1"] }],
      },
    }).ceph;
    expect(pools).toEqual([{ name: "disks", application: "rbd", copies: 3, minCopies: 2 }]);
    expect(clients).toEqual([
      {
        ...{ name: "kubernetes", pool: "disks", kubernetes: true },
        ...{ path: "/", access: "read-write", keyType: "aes", rotation: 0 },
      },
    ]);
    expect(mounts).toEqual([
      {
        ...{ filesystem: "cephfs", path: "/mnt/cephfs", hosts: ["host1"] },
        ...{ access: "read-write", client: "fuse", memoryMiB: 1024, keyType: "aes" },
      },
    ]);
  });
});

describe("faults", () => {
  it("are five lines when there are five of them", () => {
    const raw = changed(({ hosts, engine, ceph }) => {
      delete (hosts[0] as { hostKey?: string }).hostKey;
      Object.assign(hosts[1]!, { adress: hosts[1]!.address });
      delete (hosts[1] as { address?: string }).address;
      engine.logMaxFile = 0;
      ceph.keyType = "aes265k";
      ceph.monitors[2] = "host9";
    });
    expect(faults(raw, "dev")).toEqual([
      "hosts[0].hostKey: missing; run npm run hosts:trust -- --stack dev",
      "hosts[1].adress: unknown key, did you mean address?",
      "engine.logMaxFile: expected at least 1",
      "ceph.keyType: expected aes or aes256k, did you mean aes256k?",
      'ceph.monitors[2]: "host9" is not one of the hosts (host1, host2, host3)',
    ]);
  });

  it("carry path and problem", () => {
    expect(new ConfigurationFaults([{ path: "ceph", problem: "missing" }]).message).toBe("ceph: missing");
  });

  it.each<[string, (settings: ReturnType<typeof completeSettings>) => void, string]>([
    ["no hosts", (s) => (s.hosts = []), "hosts: expected at least 1 entry"],
    [
      "host name",
      (s) => (s.hosts[2]!.name = "Host_3"),
      "hosts[2].name: expected a host name of lower-case letters",
    ],
    [
      "same name",
      (s) => s.hosts.push({ name: "host2", address: "192.0.2.14", hostKey: exampleHostKey(4) }),
      'hosts[3].name: "host2" is already the name of hosts[1]',
    ],
    [
      "same address",
      (s) => (s.hosts[2]!.address = "192.0.2.11"),
      'hosts[2].address: "192.0.2.11" is already the address of hosts[0]',
    ],
    [
      "address",
      (s) => (s.hosts[0]!.address = "192.0.2.300"),
      "hosts[0].address: expected an IPv4 or IPv6 address",
    ],
    [
      "monitor without IP address",
      (s) => (s.hosts[0]!.address = "host1.example.com"),
      'hosts[0].address: "host1.example.com" is a DNS name, but host1 has a monitor',
    ],
    [
      "monitor outside the network",
      (s) => (s.hosts[0]!.address = "203.0.113.1"),
      "hosts[0].address: 203.0.113.1 is outside ceph.publicNetwork 192.0.2.0/24, but host1 has a monitor",
    ],
    [
      "short key",
      (s) => (s.hosts[0]!.hostKey = exampleHostKey(1).slice(0, -8)),
      "hosts[0].hostKey: expected an OpenSSH",
    ],
    [
      "known_hosts line",
      (s) => (s.hosts[0]!.hostKey = `host1 ${exampleHostKey(1)}`),
      "hosts[0].hostKey: expected an",
    ],
    ["port", (s) => (s.hosts[1]!.ssh!.port = 70000), "hosts[1].ssh.port: expected at most 65535"],
    [
      "text as number",
      (s) => Object.assign(s.ssh, { port: "22" }),
      "ssh.port: expected a number, found a text",
    ],
    ["empty group", (s) => Object.assign(s, { ssh: null }), "ssh: empty: give it a value, or leave it out"],
    [
      "relative key path",
      (s) => (s.ssh.privateKeyFile = ".ssh/id"),
      "ssh.privateKeyFile: expected an absolute path",
    ],
    [
      "data root",
      (s) => (s.engine.dataRoot = "/srv/../docker"),
      "engine.dataRoot: expected an absolute path",
    ],
    [
      "mirror URL",
      (s) => (s.engine.registryMirrors = ["mirror:5000"]),
      "engine.registryMirrors[0]: expected an http://",
    ],
    [
      "registry with scheme",
      (s) => (s.engine.insecureRegistries = ["http://r"]),
      "engine.insecureRegistries[0]: expected",
    ],
    ["log size", (s) => (s.engine.logMaxSize = "50MB"), "engine.logMaxSize: expected a size such as 50m"],
    ["time zone", (s) => (s.system.timezone = "europe/berlin"), "system.timezone: expected a time zone"],
    [
      "MaxStartups",
      (s) => (s.system.sshMaxStartups = "100:30:50"),
      "system.sshMaxStartups: expected a number, or",
    ],
    [
      "kernel setting",
      (s) => Object.assign(s.system.sysctls, { swap: 1 }),
      "system.sysctls.swap: expected the name of",
    ],
    ["mirror", (s) => (s.images.mirror = "https://registry"), "images.mirror: expected host[:port][/path]"],
    [
      "image name",
      (s) => Object.assign(s.images.overrides, { cehp: "a:1" }),
      "images.overrides.cehp: unknown key, did you",
    ],
    [
      "digest of nothing",
      (s) => Object.assign(s.images.digests, { "ceph:latest": `sha256:${"0".repeat(64)}` }),
      'images.digests["ceph:latest"]',
    ],
    [
      "digest cut short",
      (s) => (s.images.digests["example/ceph:20.2.5"] = "sha256:0"),
      'images.digests["example/ceph:20.2.5"]: expected a digest',
    ],
    [
      "authority that is none",
      (s) => (s.images.registry.ca = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"),
      "images.registry.ca: expected certificates as PEM",
    ],
    [
      "login without a password",
      (s) => Object.assign(s.images.registry, { passwordFile: undefined }),
      "images.registry: username has no passwordFile",
    ],
    [
      "registry whose certificate nobody checks",
      (s) => s.engine.insecureRegistries.push("registry.example.com:5000"),
      "images.registry: its certificate would not be checked: take it out of engine.insecureRegistries[2]",
    ],
    [
      "way to no mirror",
      (s) => Object.assign(s.images, { mirror: undefined }),
      "images.registry: there is no images.mirror",
    ],
    [
      "latest",
      (s) => (s.images.overrides.ceph = "ceph:latest"),
      "images.overrides.ceph: expected an image reference",
    ],
    [
      "network",
      (s) => (s.ceph.clusterNetwork = "198.51.100.0"),
      "ceph.clusterNetwork: expected a network in CIDR",
    ],
    ["even monitors", (s) => s.ceph.monitors.pop(), "ceph.monitors: expected 1, 3 or 5 monitors, found 2"],
    [
      "monitor twice",
      (s) => (s.ceph.monitors[2] = "host1"),
      'ceph.monitors[2]: "host1" is already in monitors[0]',
    ],
    ["no manager", (s) => (s.ceph.managers = []), "ceph.managers: expected at least 1 entry"],
    [
      "section",
      (s) => Object.assign(s.ceph.settings, { foo: {} }),
      "ceph.settings.foo: expected a section of ceph.conf",
    ],
    [
      "own option",
      (s) => Object.assign(s.ceph.settings["client.rgw"], { fsid: "x" }),
      'ceph.settings["client.rgw"].fsid: the program sets this option itself',
    ],
    [
      "module",
      (s) => (s.ceph.managerModules[0] = "dashbord"),
      "ceph.managerModules[0]: expected dashboard or prometheus, did you mean dashboard?",
    ],
    [
      "kubeconfig of a cluster, and one to be made",
      (s) => {
        Object.assign(s.kubernetes, { kubeconfigFile: "~/.kube/prod", storage: undefined });
        Object.assign(s, { databases: [], webApps: [] }); // they need storage
      },
      "kubernetes.kubeconfigFile: that cluster is there already: nothing can stand beside it (version, ",
    ],
    [
      "version of Kubernetes without its last part",
      (s) => (s.kubernetes.version = "1.34"),
      "kubernetes.version: expected a version such as 1.34.1",
    ],
    [
      "version of Kubernetes that is too old",
      (s) => (s.kubernetes.version = "1.30.2"),
      "kubernetes.version: expected a version such as 1.34.1, at least 1.31.0",
    ],
    [
      "two control planes",
      (s) => Object.assign(s.kubernetes, { controlPlane: ["host1", "host2"], workers: ["host3"] }),
      "kubernetes.controlPlane: expected 1, 3 or 5 hosts, found 2",
    ],
    [
      "no control plane",
      (s) => Object.assign(s.kubernetes, { controlPlane: undefined }),
      "kubernetes.controlPlane: missing",
    ],
    [
      "node with two roles",
      (s) => (s.kubernetes.workers[1] = "host1"),
      'kubernetes.workers[1]: "host1" is already in controlPlane[0]',
    ],
    [
      "node that is no host",
      (s) => (s.kubernetes.workers[1] = "host9"),
      'kubernetes.workers[1]: "host9" is not one of the hosts',
    ],
    [
      "node with a name for an address",
      (s) => {
        s.ceph.monitors = ["host1"];
        s.hosts[2]!.address = "host3.example.com";
      },
      'hosts[2].address: "host3.example.com" is a DNS name, but host3 is a node of Kubernetes',
    ],
    [
      "networks that overlap",
      (s) => (s.kubernetes.podNetwork = "10.2.128.0/20"),
      "kubernetes.podNetwork: 10.2.128.0/20 overlaps kubernetes.serviceNetwork 10.2.0.0/16",
    ],
    [
      "host in a network of the cluster",
      (s) => (s.kubernetes.serviceNetwork = "192.0.2.0/25"),
      "kubernetes.serviceNetwork: 192.0.2.0/25 contains 192.0.2.11, the address of host1",
    ],
    [
      "address of the API that a host has",
      (s) => (s.kubernetes.endpoint.address = "192.0.2.12"),
      "kubernetes.endpoint.address: 192.0.2.12 is the address of host2",
    ],
    [
      "port of the API servers",
      (s) => (s.kubernetes.endpoint.port = 6443),
      "kubernetes.endpoint.port: 6443 is the API servers' own port",
    ],
    [
      "two sources",
      (s) => Object.assign(s.kubernetes.source, { packages: "https://pkgs.example.com" }),
      "kubernetes.source: expected either packages or binaries",
    ],
    [
      "field of the kubelet that the program sets",
      (s) => Object.assign(s.kubernetes.kubelet, { cgroupDriver: "cgroupfs" }),
      "kubernetes.kubelet.cgroupDriver: the program sets this field itself",
    ],
    [
      "time between snapshots",
      (s) => (s.kubernetes.snapshots.every = "6 hours"),
      "kubernetes.snapshots.every: expected a time such as 6h",
    ],
    [
      "pool twice",
      (s) => s.ceph.pools.push({ ...s.ceph.pools[0]! }),
      'ceph.pools[1].name: "disks" is already the name of pools[0]',
    ],
    ["copies", (s) => (s.ceph.pools[0]!.copies = 11), "ceph.pools[0].copies: expected at most 10"],
    [
      "more copies needed than there are",
      (s) => (s.ceph.pools[0]!.minCopies = 3),
      "ceph.pools[0].minCopies: 3 is more than there are copies (2)",
    ],
    [
      "more copies needed than there are by default",
      (s) => Object.assign(s.ceph.pools[0]!, { copies: 1, minCopies: undefined }),
      "ceph.pools[0].minCopies: 2 is more than there are copies (1)",
    ],
    [
      "client twice",
      (s) => s.ceph.clients.push({ ...s.ceph.clients[0]! }),
      'ceph.clients[1].name: "reader" is already the name of clients[0]',
    ],
    [
      "client that may do nothing",
      (s) => Object.assign(s.ceph.clients[0]!, { filesystem: undefined, pool: undefined }),
      "ceph.clients[0]: expected a filesystem or a pool, or it may do nothing",
    ],
    [
      "file system of a client",
      (s) => (s.ceph.clients[0]!.filesystem = "files"),
      'ceph.clients[0].filesystem: "files" is not one of ceph.filesystems (cephfs)',
    ],
    [
      "pool of a client",
      (s) => (s.ceph.clients[0]!.pool = "disk"),
      'ceph.clients[0].pool: "disk" is not one of ceph.pools (disks)',
    ],
    [
      "directory of a client",
      (s) => (s.ceph.clients[0]!.path = "/documents/"),
      "ceph.clients[0].path: expected an absolute path",
    ],
    [
      "directory of Kubernetes",
      (s) => Object.assign(s.ceph.clients[0]!, { kubernetes: true, access: undefined }),
      "ceph.clients[0].path: has no meaning for the client of Kubernetes",
    ],
    [
      "access of Kubernetes",
      (s) => Object.assign(s.ceph.clients[0]!, { kubernetes: true, path: undefined }),
      "ceph.clients[0].access: has no meaning for the client of Kubernetes",
    ],
    ["rotation", (s) => (s.ceph.clients[0]!.rotation = -1), "ceph.clients[0].rotation: expected at least 0"],
    [
      "path twice",
      (s) => s.ceph.mounts.push({ ...s.ceph.mounts[0]! }),
      'ceph.mounts[2].path: "/mnt/cephfs" is already the path of mounts[0]',
    ],
    [
      "paths of one name",
      (s) =>
        s.ceph.mounts.push(
          { ...s.ceph.mounts[0]!, path: "/mnt/a/b" },
          { ...s.ceph.mounts[0]!, path: "/mnt/a-b" },
        ),
      'ceph.mounts[3].path: "/mnt/a-b" has the name of mounts[2]',
    ],
    [
      "client of the program",
      (s) => (s.ceph.clients[0]!.name = "admin"),
      'ceph.clients[0].name: "admin" is a client of the program itself',
    ],
    [
      "path of one part",
      (s) => (s.ceph.mounts[0]!.path = "/data"),
      "ceph.mounts[0].path: expected an absolute path such as /mnt/cephfs",
    ],
    [
      "file system of a mount",
      (s) => (s.ceph.mounts[0]!.filesystem = "files"),
      'ceph.mounts[0].filesystem: "files" is not one of ceph.filesystems (cephfs)',
    ],
    [
      "host of a mount",
      (s) => (s.ceph.mounts[0]!.hosts[1] = "host9"),
      'ceph.mounts[0].hosts[1]: "host9" is not one of the hosts (host1, host2, host3)',
    ],
    ["mount nowhere", (s) => (s.ceph.mounts[0]!.hosts = []), "ceph.mounts[0].hosts: expected at least 1"],
    [
      "option in both places",
      (s) => Object.assign(s.ceph.settings.global, { ms_async_op_threads: 5 }),
      "ceph.settings.global.ms_async_op_threads: stands in ceph.startupSettings.global too",
    ],
    [
      "own option at the start",
      (s) => Object.assign(s.ceph.startupSettings.global, { mon_host: "x" }),
      "ceph.startupSettings.global.mon_host: the program sets this option itself",
    ],
    [
      "app twice",
      (s) => (s.webApps[1]!.name = "shop"),
      'webApps[1].name: "shop" is already the name of webApps[0]',
    ],
    [
      "app with the name of a second version",
      (s) => (s.webApps[1]!.name = "shop-canary"),
      'webApps[1].name: "shop-canary" is the name of the second version of webApps[0]',
    ],
    [
      "name of an app",
      (s) => (s.webApps[0]!.name = "1st"),
      "webApps[0].name: expected a name of lower-case letters",
    ],
    [
      "name of an app that its database has",
      (s) => (s.webApps[1]!.name = "mongo-clients"),
      'webApps[1].name: databases[0] in the same namespace has objects of the name "mongo-clients"',
    ],
    [
      "namespace of an app",
      (s) => (s.webApps[1]!.namespace = "shopp"),
      'webApps[1].namespace: namespaces has no "shopp", did you mean shop?',
    ],
    ["latest", (s) => (s.webApps[0]!.image = "shop:latest"), "webApps[0].image: expected an image reference"],
    ["unknown image", (s) => (s.webApps[2]!.image = "cpeh"), "webApps[2].image: expected an image reference"],
    [
      "image of a second version",
      (s) => (s.webApps[1]!.canary!.image = "x"),
      "webApps[1].canary.image: expected an",
    ],
    ["port of root", (s) => (s.webApps[0]!.port = 80), "webApps[0].port: expected at least 1024"],
    [
      "variable twice",
      (s) => Object.assign(s.webApps[0]!.values, { TOKEN: "x" }),
      "webApps[0]: the variable TOKEN is there twice",
    ],
    [
      "variable of the database twice",
      (s) => Object.assign(s.webApps[0]!.values, { MONGO_USER: "x" }),
      "webApps[0]: the variable MONGO_USER is there twice",
    ],
    [
      "value that is no text",
      (s) => Object.assign(s.webApps[0]!.values, { PORT: 3000 }),
      "webApps[0].values.PORT: expected a text, found a number",
    ],
    [
      "water lines",
      (s) => (s.webApps[0]!.scaling!.fatalLine = 50),
      "webApps[0].scaling.fatalLine: expected more than the safeLine (50)",
    ],
    [
      "water lines, one of them by default",
      (s) => Object.assign(s.webApps[0]!.scaling!, { safeLine: 95, fatalLine: undefined }),
      "webApps[0].scaling.fatalLine: expected more than the safeLine (95)",
    ],
    [
      "fewest and most",
      (s) => (s.webApps[0]!.scaling!.max = 2),
      "webApps[0].scaling.max: expected at least min (3)",
    ],
    [
      "samples for more than an hour",
      (s) => (s.webApps[0]!.scaling!.samplesBeforeScaleIn = 241),
      "webApps[0].scaling.samplesBeforeScaleIn: expected at most 240",
    ],
    [
      "two steps",
      (s) => Object.assign(s.webApps[0]!.scaling!.outBy, { percent: 10 }),
      "webApps[0].scaling.outBy: expected either pods or percent",
    ],
    [
      "replicas beside scaling",
      (s) => Object.assign(s.webApps[0]!, { replicas: 2 }),
      "webApps[0].replicas: the number of pods follows their load",
    ],
    [
      "two entries",
      (s) => Object.assign(s.webApps[0]!.entry, { nodePort: { port: 30200 } }),
      "webApps[0].entry: expected one of route or ingress or nodePort",
    ],
    [
      "port of the nodes twice",
      (s) => Object.assign(s.webApps[1]!, { entry: { nodePort: { port: 30100 } } }),
      "webApps[2].entry.nodePort.port: 30100 is already the port of webApps[1]",
    ],
    [
      "port of the nodes",
      (s) => Object.assign(s.webApps[2]!, { entry: { nodePort: { port: 3000 } } }),
      "webApps[2].entry.nodePort.port: expected at least 30000",
    ],
    [
      "second version without a part of the requests",
      (s) => Object.assign(s.webApps[0]!.canary!, { weight: undefined }),
      "webApps[0].canary: expected either weight or header",
    ],
    [
      "second version that nothing leads to",
      (s) => Object.assign(s.webApps[1]!, { mesh: undefined }),
      "webApps[1].canary: a second version needs entry.route or mesh",
    ],
    [
      "misspelled step",
      (s) => Object.assign(s.webApps[0]!.scaling!, { outBy: { pod: 3 } }),
      "webApps[0].scaling.outBy.pod: unknown key, did you mean pods?",
    ],
    [
      "top-level key",
      (s) => Object.assign(s, { dataDir: "/x" }),
      "dataDir: unknown key, known are hosts, ssh",
    ],
  ])("%s", (_, change, expected) => {
    expect(faults(changed(change))).toEqual([expect.stringContaining(expected)]);
  });

  it("do not repeat values that may be secrets", () => {
    const secret = "hunter2hunter2";
    const raw = changed((settings) => {
      settings.engine.registryMirrors = [`https://user:${secret}@mirror.example.com`];
      settings.hosts[0]!.hostKey = `-----BEGIN OPENSSH PRIVATE KEY-----\n${secret}`;
      settings.ceph.keyType = secret;
      Object.assign(settings.ceph.settings.global, { some_key: [secret] });
      Object.assign(settings.system.sysctls, { "kernel.x": `${secret}\n` });
    });
    const lines = faults(raw);
    expect(lines).toHaveLength(5);
    expect(lines.join("\n")).not.toContain(secret);
  });

  it("of one host do not make the others strangers to ceph", () => {
    const raw = changed(({ hosts }) => Object.assign(hosts[1]!, { name: undefined, nmae: "host2" }));
    expect(faults(raw)).toEqual(["hosts[1].nmae: unknown key, did you mean name?"]);
  });

  it("of a pool and a file system do not make the others strangers to clients", () => {
    const raw = changed(({ ceph }) => {
      Object.assign(ceph.pools[0]!, { name: undefined, nmae: "disks" });
      Object.assign(ceph.filesystems, [{ toString: 1 }]);
    });
    expect(faults(raw)).toEqual([
      "ceph.filesystems[0]: expected a text, found a group of settings",
      "ceph.pools[0].nmae: unknown key, did you mean name?",
    ]);
  });

  it("tell whose pool a name is", () => {
    const raw = changed(({ ceph }) => ceph.pools.push({ ...ceph.pools[0]!, name: "cephfs_data" }));
    expect(faults(raw)).toContain('ceph.pools[1].name: "cephfs_data" is a pool of the file system cephfs');
  });

  it.each([undefined, null, 1, "x", []])("of something that is no configuration at all (%j)", (raw) => {
    expect(faults(raw)).toHaveLength(1);
    expect(faults(raw)[0]).toMatch(/^configuration: /);
  });
});
