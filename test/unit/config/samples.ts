import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** An ed25519 public key line in the right form, that belongs to nobody. */
export function exampleHostKey(seed: number, type = "ssh-ed25519"): string {
  const field = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  const fields = [
    Buffer.from(type),
    ...(type === "ssh-ed25519" ? [] : [Buffer.from("e")]),
    Buffer.alloc(32, seed),
  ];
  return `${type} ${Buffer.concat(fields.map(field)).toString("base64")}`;
}

/** A configuration with every setting that there is. */
export function completeSettings() {
  return {
    hosts: [
      { name: "host1", address: "192.0.2.11", hostKey: exampleHostKey(1) },
      {
        name: "host2",
        address: "192.0.2.12",
        hostKey: exampleHostKey(2),
        ssh: { user: "admin", port: 2222, privateKeyFile: "~/.ssh/host2" },
      },
      { name: "host3", address: "192.0.2.13", hostKey: exampleHostKey(3, "ssh-rsa") },
    ],
    ssh: { user: "root", port: 22, privateKeyFile: "/home/operator/.ssh/id_ed25519" },
    engine: {
      source: "docker-ce",
      dataRoot: "/srv/docker",
      requireMount: true,
      registryMirrors: ["https://mirror.example.com"],
      insecureRegistries: ["192.0.2.10:5000", "198.51.100.0/24"],
      logMaxSize: "10m",
      logMaxFile: 3,
      liveRestore: false,
    },
    system: {
      timezone: "Europe/Berlin",
      fonts: true,
      sysctls: { "vm.swappiness": 10, "kernel.core_pattern": "core" },
      audit: false,
      checkClock: false,
      sshMaxStartups: "50",
      sshMaxSessions: 10,
    },
    images: {
      mirror: "registry.example.com:5000/mirror",
      overrides: { ceph: "example/ceph:20.2.5" },
      digests: { "example/ceph:20.2.5": `sha256:${"0".repeat(64)}` },
      registry: {
        ca: "~/registry/ca.crt",
        username: "robot$farmstack",
        passwordFile: "~/registry/password",
      },
    },
    ceph: {
      publicNetwork: "192.0.2.0/24",
      clusterNetwork: "198.51.100.0/24",
      keyType: "aes",
      monitors: ["host1", "host2", "host3"],
      managers: ["host1"],
      osds: [
        { host: "host1", device: "/dev/disk/by-id/ata-EXAMPLE" },
        { host: "host2", file: "osd0", sizeGiB: 2 },
      ],
      metadataServers: ["host2"],
      filesystems: ["cephfs"],
      osdMemoryMiB: 2048,
      metadataServerMemoryMiB: 1024,
      managerModules: ["dashboard", "prometheus"],
      pools: [{ name: "disks", application: "rbd", copies: 2, minCopies: 1, placementGroups: 32 }],
      clients: [
        {
          name: "reader",
          filesystem: "cephfs",
          path: "/documents",
          access: "read",
          pool: "disks",
          kubernetes: false,
          keyType: "aes256k",
          rotation: 3,
        },
      ],
      mounts: [
        {
          filesystem: "cephfs",
          path: "/mnt/cephfs",
          hosts: ["host1", "host3"],
          access: "read",
          client: "kernel",
          memoryMiB: 512,
          keyType: "aes256k",
        },
        {
          filesystem: "cephfs",
          path: "/srv/volumes",
          hosts: ["host1", "host2", "host3"],
          access: "read-write",
          client: "fuse",
          memoryMiB: 1024,
          keyType: "aes",
        },
      ],
      settings: {
        global: { debug_rocksdb: "0/0" },
        "client.rgw": { rgw_cache_enabled: true, rgw_thread_pool_size: 64 },
      },
      startupSettings: { global: { ms_async_op_threads: 4 } },
    },
    kubernetes: {
      version: "1.34.1",
      controlPlane: ["host1"],
      workers: ["host2", "host3"],
      podNetwork: "10.1.0.0/16",
      serviceNetwork: "10.2.0.0/16",
      endpoint: { address: "192.0.2.20", port: 9443 },
      source: {
        binaries: {
          url: "https://files.example.com/kubernetes.tar.gz",
          sha256: "0123456789abcdef".repeat(4),
        },
      },
      imageRepository: "registry.example.com:5000/kubernetes",
      imageTags: { etcd: "3.6.5-0", coredns: "v1.12.4" },
      ignorePreflightErrors: ["NumCPU"],
      kubelet: { maxPods: 50 },
      snapshots: { directory: "/mnt/cephfs/etcd", every: "30min", keep: 4 },
      storage: { kind: "host-mount", mount: "/srv/volumes" } as Record<string, string>,
      metrics: { kubeletInsecureTls: true },
    },
    namespaces: [
      {
        name: "shop",
        environment: "PRODUCTION",
        quota: { cpu: 4, memoryGiB: 32, pods: 40, storageGiB: 300, claims: 10 },
        containers: { cpuMilli: 50, memoryMiB: 128 },
      },
    ],
    databases: [
      {
        name: "mongo",
        namespace: "shop",
        engine: "mongodb",
        members: 3,
        database: "profiles",
        sizeGiB: 20,
        memoryMiB: 4096,
        cpuMilli: 500,
        rotation: 2,
        retired: 1,
        backup: { schedule: "30 1 * * *", keep: 7, sizeGiB: 40 },
      },
    ],
    webApps: completeApps(),
    logging: {
      hosts: ["host1", "host2", "host3"],
      heapMiB: 1024,
      memoryMiB: 2048,
      lockMemory: false,
      openFiles: 70000,
      retention: { days: 30, maxGiB: 200 },
      repository: { path: "/srv/volumes/logs", at: "03:15", keep: 7 },
      receiver: { kind: "logstash", memoryMiB: 2048, queueMiB: 4096 },
      kibana: { memoryMiB: 1024 },
      entry: {
        port: 8443,
        allow: ["192.0.2.0/24", "2001:db8::/64"],
        publicUrl: "https://logs.example.com",
        to: "kibana",
      },
      shippers: {
        hosts: ["host1", "host2"],
        kubernetes: false,
        to: "store" as const,
        queueMiB: 256,
        memoryMiB: 512,
        exclude: ["noisy"],
      },
      webhookFile: "~/.config/farmstack/webhook",
      rotation: { elastic: 1, kibana_system: 2, writer: 3, reader: 4, keeper: 5 },
    },
    harbor: completeHarbor(),
    dataDirectory: "/srv/farmstack",
    protectData: false,
  };
}

/** A Harbor with every setting that there is; a bucket in the place of a directory. */
function completeHarbor() {
  return {
    host: "host2",
    hostname: "registry.example.com",
    version: "2.14.4",
    ports: { https: 8444, http: 8080, metrics: 9091 },
    tls: { certificateFile: "~/registry.crt", keyFile: "~/registry.key", caFile: "~/ca.crt" },
    storage: {
      s3: {
        bucket: "images",
        region: "eu-1",
        endpoint: "https://objects.example.com",
        prefix: "harbor/layers",
        accessKey: "ACCESS",
        secretKeyFile: "~/bucket.key",
      },
    },
    database: {
      host: "db.example.com",
      port: 5433,
      name: "harbor",
      user: "harbor",
      passwordFile: "~/db.password",
      sslMode: "verify-full",
    },
    cache: { address: "192.0.2.50:6379", user: "harbor", passwordFile: "~/cache.password", tls: true },
    scanner: {
      databaseRepository: "registry.example.com/trivy/trivy-db",
      javaDatabaseRepository: "registry.example.com/trivy/trivy-java-db",
      skipUpdate: true,
      offline: true,
      ignoreUnfixed: true,
    },
    jobWorkers: 4,
    memoryMiB: { core: 2048, scanner: 4096 },
    trustedCaFiles: ["~/objects-ca.crt"],
    rotation: 1,
    registries: [
      {
        name: "hub",
        type: "docker-hub",
        url: "https://hub.docker.com",
        user: "farm",
        passwordFile: "~/hub.token",
        insecure: false,
      },
    ],
    projects: [
      {
        name: "shop",
        public: true,
        quotaGiB: 50,
        scan: true,
        blockFrom: "critical",
        retention: {
          schedule: "0 0 2 * * *",
          rules: [
            { repositories: "shop/**", tags: "v*", latest: 10 },
            { repositories: "**", tags: "**", days: 30 } as object,
          ],
        },
        immutableTags: ["v*"],
      },
      {
        name: "hub",
        public: false,
        scan: false,
        blockFrom: "none",
        cacheOf: "hub",
        immutableTags: [],
      } as object,
    ],
    robots: [{ name: "jenkins", projects: ["shop", "hub"], access: "push", days: 90, rotation: 2 }],
    replications: [
      {
        name: "backup",
        direction: "push",
        registry: "hub",
        repositories: "shop/**",
        tags: "v*",
        into: "copies",
        schedule: "event",
        override: false,
      },
    ],
    garbageCollection: { schedule: "0 0 4 * * 0", untagged: true },
    scanAll: { schedule: "0 0 5 * * 0" },
  };
}

interface SampleApp extends ReturnType<typeof commonOfApps> {
  name: string;
  image: string;
  database?: object;
  replicas?: number;
  scaling?: { fatalLine: number; outBy: object; samplesBeforeScaleIn: number; max: number };
  entry: object;
  canary?: { image: string };
}

/** What the apps below have in common, anew for each. */
function commonOfApps() {
  return {
    namespace: "shop",
    port: 3000,
    values: { GREETING: "hello" },
    config: { TEXT: { configMap: "texts", key: "text.md", version: "1" } },
    secrets: { TOKEN: { secret: "tokens", key: "token", version: "2" } },
    probes: { ready: "/ready", alive: "/alive", startWithin: 30 },
    resources: { cpu: "250m", memory: "1Gi" },
    user: 1001,
    temporarySpace: "1Gi",
    askedBy: [{ namespace: "jobs", labels: { "example.com/app": "report" } }],
    asks: [{ namespace: "mail", labels: { app: "relay" }, port: 25 }],
    mesh: {
      retries: { on: "502-504,gateway-error", limit: 2, timeout: "400ms" },
      timeouts: { request: "10s", response: "5s", idle: "1m" },
      circuitBreaker: { failures: 5, minPenalty: "2s", maxPenalty: "2m" },
    },
  };
}

/** Apps with every setting that there is. */
function completeApps(): SampleApp[] {
  const apps = [
    {
      ...commonOfApps(),
      name: "shop",
      image: "registry.example.com/shop:1.0",
      database: {
        name: "mongo",
        variables: { url: "MONGO_URL", user: "MONGO_USER", password: "MONGO_PASSWORD" },
      },
      scaling: { safeLine: 50, fatalLine: 80, outBy: { pods: 3 }, samplesBeforeScaleIn: 10, min: 3, max: 9 },
      entry: {
        route: {
          gateway: { name: "front", namespace: "entry", listener: "https" },
          hosts: ["*.example.com"],
          path: "/shop",
          from: { namespace: "proxies", labels: { app: "front" } },
        },
      },
      canary: { image: "registry.example.com/shop:2.0", weight: 10, replicas: 2 },
    },
    {
      ...commonOfApps(),
      name: "office",
      image: `registry.example.com/office@sha256:${"0123456789abcdef".repeat(4)}`,
      replicas: 3,
      entry: {
        ingress: {
          className: "traefik",
          host: "office.example.com",
          path: "/",
          tlsSecret: "office-certificate",
          from: { namespace: "traefik", labels: { app: "traefik" } },
        },
      },
      canary: {
        image: "registry.example.com/office:2.0",
        header: { name: "x-version", value: "two" },
        replicas: 1,
      },
    },
    {
      ...commonOfApps(),
      name: "status",
      image: "ceph", // by its name in components/images.ts
      scaling: {
        safeLine: 50,
        fatalLine: 80,
        outBy: { percent: 50 },
        samplesBeforeScaleIn: 10,
        min: 1,
        max: 4,
      },
      entry: { nodePort: { port: 30100 } },
    },
  ];
  return apps;
}

/** The least that a configuration has to say. */
export function smallestSettings() {
  return {
    hosts: [{ name: "host1", address: "192.0.2.11", hostKey: exampleHostKey(1) }],
    ceph: { publicNetwork: "192.0.2.0/24", monitors: ["host1"], managers: ["host1"] },
  };
}

export const projectFile = (name: string) => join(__dirname, "../../..", name);

/** Settings of a stack file in the tree, without the namespace. */
export function settingsInFile(
  stack: string,
): Record<string, unknown> & { hosts: Record<string, unknown>[] } {
  const { config } = parse(readFileSync(projectFile(`Pulumi.${stack}.yaml`), "utf8")) as {
    config: Record<string, unknown>;
  };
  const own = Object.entries(config).filter(([key]) => key.startsWith("farmstack:"));
  return Object.fromEntries(own.map(([key, value]) => [key.replace("farmstack:", ""), value])) as ReturnType<
    typeof settingsInFile
  >;
}
