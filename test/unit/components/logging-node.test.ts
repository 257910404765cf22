import { beforeAll, describe, expect, it } from "vitest";
import { type LoggingNode } from "../../../components/logging";
import { exampleHost } from "./examples";
import { dependencies, placesOf } from "./declared";
import { allDeclared, find, noteOptions, startMocks, valueOf } from "../mocks";

const container = "docker:index/container:Container";
const component = "farmstack:container:Container";
const remoteCommand = "command:remote:Command";

describe("LoggingNode", () => {
  let one: LoggingNode;
  let three: LoggingNode;

  beforeAll(async () => {
    await startMocks();
    const { Host } = await import("../../../components/hosts");
    const { LoggingNode } = await import("../../../components/logging");
    const host = (name: string, number: number) => new Host(name, exampleHost(`192.0.2.1${number}`));
    const [a, b, c, d] = ["a", "b", "c", "d"].map(host);
    const noted = { transformations: [noteOptions] };
    one = new LoggingNode(
      "logs",
      {
        hosts: [a!],
        memoryMiB: 1200,
        heapMiB: 512,
        lockMemory: false,
        retention: { days: 7, maxGiB: 2 },
        repository: { path: "/mnt/cephfs/logs" },
        receiver: { kind: "standin", memoryMiB: 128 },
        entry: { port: 8443, allow: ["192.0.2.0/24"] },
        webhook: "https://chat.example/s3cret-hook",
        rotation: { writer: 2, elastic: 1 },
      },
      noted,
    );
    three = new LoggingNode(
      "many",
      {
        hosts: [b!, c!, d!],
        retention: { days: 30, maxGiB: 100 },
        kibana: {},
        entry: { allow: ["192.0.2.0/24"], publicUrl: "https://logs.example.com" },
        protect: false,
      },
      noted,
    );
    await allDeclared();
  }, 60_000); // it loads five SDKs

  const script = async (name: string) => (await find(remoteCommand, name)).inputs.stdin as string;

  it("gives shippers where to go, whom to trust and who they are", async () => {
    expect(one.beats.hosts).toEqual(["192.0.2.10:5044"]);
    expect(one.events.hosts).toEqual(["192.0.2.10:5959"]);
    expect(one.elasticsearch.urls).toEqual(["https://192.0.2.10:9200"]);
    expect(await valueOf(one.ca)).toBe("certificate of logs-ca");
    expect(one.writer.user).toBe("farmstack_writer_2");
    expect(await valueOf(one.writer.password)).toBe("password of logs-writer-password-2");
    expect(one.dataStreams).toEqual({
      containers: "logs-containers-test",
      pods: "logs-pods-test",
      events: "logs-events-test",
    });
    expect(one.receiver).toBe("standin");
    expect(one.url).toBe("https://192.0.2.10:8443");
    expect(one.healthCommand).toBe("ssh root@192.0.2.10 /usr/local/sbin/farmstack-logging status");
    expect(three.url).toBe("https://logs.example.com");
    expect(three.beats.hosts).toHaveLength(3);
  });

  it("keeps what nothing could replace from being deleted, where it is asked to", async () => {
    const kept = (await allDeclared()).filter(({ opts }) => opts.protect).map(({ name }) => name);
    expect(kept.sort()).toEqual([
      "logs-ca",
      "logs-ca-key",
      "logs-elastic-password-0",
      "logs-elastic-password-1",
      "logs-keeper-password-0",
      "logs-kibana-system-password-0",
      "logs-reader-password-0",
      "logs-writer-password-0",
      "logs-writer-password-1",
      "logs-writer-password-2",
    ]);
  });

  it("hands over passwords and keys only by secret scripts and secret files", async () => {
    for (const user of ["elastic", "kibana-system", "writer", "reader", "keeper"])
      expect(await placesOf(`password of logs-${user}-password-0`), user).toEqual(
        user === "writer" ? [] : ["stdin"],
      );
    expect(await placesOf("password of logs-writer-password-2")).toEqual(["stdin"]);
    expect(await placesOf("PKCS#8 key of logs-entry-a-key")).toEqual(["uploads"]);
    expect(await placesOf("PKCS#8 key of logs-elasticsearch-a-key")).toEqual(["stdin"]);
    expect(await placesOf("s3cret-hook")).toEqual(["stdin"]);
    for (const { inputs, name } of (await allDeclared()).filter(({ type }) => type === container)) {
      expect(inputs.envs, name).toBeUndefined();
      expect(JSON.stringify(inputs.command), name).not.toContain("password of");
    }
  });

  it("runs Elasticsearch with its data and its files in folders of the host", async () => {
    const { inputs } = await find(container, "logs-elasticsearch-a-container");
    expect(inputs.volumes).toEqual([
      {
        hostPath: "/var/lib/farmstack/logging/elasticsearch/data",
        containerPath: "/usr/share/elasticsearch/data",
        readOnly: false,
      },
      {
        hostPath: "/var/lib/farmstack/logging/elasticsearch/files",
        containerPath: "/usr/share/elasticsearch/config/farmstack",
        readOnly: true,
      },
      { hostPath: "/mnt/cephfs/logs", containerPath: "/mnt/repository", readOnly: false },
    ]);
    expect(inputs.command.join("\n")).toContain("-Xms512m -Xmx512m");
    expect(inputs).toMatchObject({
      memory: 1200,
      stopTimeout: 120,
      restart: "unless-stopped",
      logDriver: "json-file",
    });
    expect(inputs.ulimits).toEqual([{ name: "nofile", soft: 65535, hard: 65535 }]);
    const locked = await find(container, "many-elasticsearch-b-container");
    expect(locked.inputs.ulimits).toContainEqual({ name: "memlock", soft: -1, hard: -1 });
    expect(locked.inputs.command.join("\n")).toContain("-Xms2048m -Xmx2048m");
  });

  it("has no drift of its folders into a container: other files of it are another container", async () => {
    const { inputs } = await find(container, "logs-log-receiver-a-container");
    expect(inputs.uploads.map(({ file }: { file: string }) => file)).toEqual(["/farmstack-revision"]);
    expect(inputs.uploads[0].content).toMatch(/^[0-9a-f]{64}$/);
    expect(inputs.command).toEqual(["/etc/receiver/receiver.json"]);
  });

  it("makes users and templates when the store is there, and all else after that", async () => {
    const after = async (type: string, name: string) => dependencies((await find(type, name)).opts.dependsOn);
    expect(await after(component, "logs-elasticsearch-a")).toEqual(["a-logs-elasticsearch-files"]);
    expect(await after(remoteCommand, "a-logs-setup")).toEqual(["a-logs-formed"]);
    expect(await after(remoteCommand, "a-logs-keeper")).toEqual(["a-logs-setup"]);
    expect(await after(component, "logs-log-receiver-a")).toEqual([
      "a-logs-setup",
      "a-logs-log-receiver-files",
    ]);
    expect(await after(component, "many-logstash-d")).toEqual(["b-many-setup", "d-many-logstash-files"]);
    expect((await find(component, "logs-entry-a")).opts.dependsOn).toBeUndefined();
  });

  it("touches one node at a time, each between its gates", async () => {
    const after = async (type: string, name: string) => dependencies((await find(type, name)).opts.dependsOn);
    expect(await after(component, "many-elasticsearch-b")).toEqual([
      "b-many-elasticsearch-files",
      "b-many-elasticsearch-b-may-change",
    ]);
    expect(await after(component, "many-elasticsearch-c")).toEqual([
      "b-many-elasticsearch-b-back",
      "c-many-elasticsearch-files",
      "c-many-elasticsearch-c-may-change",
    ]);
    expect(await after(remoteCommand, "b-many-formed")).toEqual(["d-many-elasticsearch-d-back"]);
    expect(await script("c-many-elasticsearch-c-back")).toContain("many-elasticsearch-c-container-id");
  });

  it("lets the first node alone form the cluster, and not for ever", async () => {
    expect(await script("b-many-elasticsearch-files")).toContain('>"$files/may-form"');
    for (const name of ["c-many-elasticsearch-files", "a-logs-elasticsearch-files"])
      expect(await script(name)).not.toContain('>"$files/may-form"');
    expect(await script("b-many-formed")).toContain(
      "rm -f '/var/lib/farmstack/logging/elasticsearch/files/may-form'",
    );
  });

  it("has Kibana on the loopback, with keys of its own, and nginx in front", async () => {
    const files = await script("c-many-kibana-files");
    expect(files).toContain("server.host: 127.0.0.1");
    expect(files).toContain("password of many-kibana-key-sessions");
    expect(await placesOf("password of many-kibana-key-sessions")).toEqual(["stdin"]);
    const { inputs, secrets } = await find(container, "many-entry-c-container");
    expect(secrets).toContain("uploads");
    expect(inputs.uploads[0].content).toContain("proxy_pass http://127.0.0.1:5601;");
    expect((await find("tls:index/certRequest:CertRequest", "many-entry-c-request")).inputs).toMatchObject({
      dnsNames: ["c", "logs.example.com"],
      ipAddresses: ["192.0.2.12"],
    });
    expect(await dependencies((await find(remoteCommand, "b-many-dashboard")).opts.dependsOn)).toEqual([
      "many-kibana-b",
    ]);
  });

  it("without Kibana leads to the store, to be read only", async () => {
    const { inputs } = await find(container, "logs-entry-a-container");
    expect(inputs.uploads[0].content).toContain("proxy_pass https://192.0.2.10:9200;");
    expect(inputs.uploads[0].content).toContain("limit_except GET { deny all; }");
  });

  it("takes 1 or 3 hosts, and a way to Kibana only where there is one", async () => {
    const { LoggingNode } = await import("../../../components/logging");
    const retention = { days: 1, maxGiB: 1 };
    const entry = { allow: ["192.0.2.0/24"] };
    expect(() => new LoggingNode("none", { hosts: [], retention, entry })).toThrow("has 1 or 3 hosts, not 0");
    const { Host } = await import("../../../components/hosts");
    const hosts = [new Host("e", exampleHost("192.0.2.19"))];
    expect(() => new LoggingNode("blind", { hosts, retention, entry: { ...entry, to: "kibana" } })).toThrow(
      "leads to Kibana, which it has not",
    );
  });
});
