import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  appendFile,
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { request } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtModule } from "../../lab/kubernetes";
import { freePorts } from "../../lab/kubernetes/loopback";
import { builtElasticsearch } from "../../lab/logging/elasticsearch";
import { projectRoot } from "../../lab/paths";
import { run } from "../../lab/run";
import { waitFor } from "../lab/lab";

interface Program {
  process: ChildProcess;
  output: string;
}

interface Answer {
  status: number;
  body: any; // eslint-disable-line @typescript-eslint/no-explicit-any
}

/**
 * The programs of the logging node's images, on this machine's loopback: a store with users and TLS, the receiver in
 * Logstash's place, and Filebeat. It needs no lab. Elasticsearch refuses to run as root: a root of tests lends its
 * programs the user and the group of the images.
 */
describe("the programs that take and keep the logs", () => {
  const isRoot = process.getuid?.() === 0;
  const password = `${randomBytes(9).toString("hex")} "1':$`;
  const writerPassword = `${randomBytes(9).toString("hex")}é&`;
  let folder: string;
  let home: string;
  let filebeat: string;
  let receiver: string;
  let ca: string;
  let ports: { http: number; transport: number; beats: number; lines: number; api: number };
  const running = new Set<Program>();

  const at = (...parts: string[]) => join(folder, ...parts);
  const store = () => `https://127.0.0.1:${ports.http}`;

  const start = (file: string, args: string[], env: NodeJS.ProcessEnv = {}): Program => {
    const user = isRoot ? ["--reuid", "1000", "--regid", "0", "--clear-groups"] : [];
    // The kernel ends it when this process ends, however that happens.
    const child = spawn("setpriv", [...user, "--pdeathsig", "KILL", file, ...args], {
      env: { ...process.env, ...env },
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const program = { process: child, output: "" };
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (program.output += text));
    running.add(program);
    return program;
  };
  const end = async (program: Program, signal: NodeJS.Signals = "SIGTERM") => {
    running.delete(program);
    if (program.process.exitCode !== null || program.process.signalCode !== null) return;
    const exit = once(program.process, "exit");
    program.process.kill(signal);
    await exit;
  };
  const give = async (path: string, text: string, mode = 0o600) => {
    await writeFile(path, text);
    await chmod(path, mode);
    if (isRoot) await chown(path, 1000, 0);
    return path;
  };
  const folderOf = async (name: string) => {
    await mkdir(at(name), { recursive: true });
    if (isRoot) await chown(at(name), 1000, 0);
    return at(name);
  };

  /** Asks the store as a user. */
  const ask = (method: string, path: string, body?: object | string, user = "elastic", secret = password) =>
    new Promise<Answer>((done, failed) => {
      const type = typeof body === "string" ? "application/x-ndjson" : "application/json";
      const sent = request(
        `${store()}${path}`,
        {
          method,
          ca,
          auth: `${user}:${secret}`,
          headers: body ? { "Content-Type": type } : {},
          timeout: 60_000,
        },
        (answer) => {
          let text = "";
          answer.setEncoding("utf8").on("data", (part: string) => (text += part));
          answer.on("end", () =>
            done({ status: answer.statusCode ?? 0, body: text ? JSON.parse(text) : undefined }),
          );
        },
      );
      sent.on("error", failed).on("timeout", () => sent.destroy(new Error("no answer within 60 s")));
      sent.end(typeof body === "string" ? body : body && JSON.stringify(body));
    });
  const elasticsearch = (passwordFile = at("password")) =>
    start("bash", [at("docker-entrypoint.sh"), "eswrapper"], {
      PATH: `${join(home, "bin")}:${process.env.PATH}`,
      ELASTIC_PASSWORD_FILE: passwordFile,
      ES_JAVA_OPTS: "-Xms512m -Xmx512m",
    });
  const isUp = async () => (await ask("GET", "/_cluster/health").catch(() => undefined))?.status === 200;
  /** Waits for it, and not for one that has ended. */
  const untilUp = async (program: Program) => {
    const ended = () => program.process.exitCode !== null || program.process.signalCode !== null;
    await waitFor(async () => ended() || (await isUp()), 300);
    expect(ended(), program.output.slice(-2000)).toBe(false);
  };

  const startReceiver = () => start(join(receiver, "receiver"), [at("receiver.json")]);
  const health = async () =>
    (await (await fetch(`http://127.0.0.1:${ports.api}/health`)).json()) as Record<string, unknown>;

  /** Filebeat on a folder of docker's json-file logs, as the hosts' shippers are. */
  const shipper = async (name: string, output: object) => {
    await folderOf(`${name}-data`);
    const settings = {
      "filebeat.inputs": [
        {
          type: "filestream",
          id: name,
          paths: [at(`${name}-logs`, "*.log")],
          parsers: [{ container: { stream: "all", format: "docker" } }],
          "prospector.scanner.check_interval": "1s",
        },
      ],
      processors: [
        {
          fingerprint: {
            fields: ["log.file.path", "log.offset", "@timestamp", "message"],
            target_field: "@metadata._id",
          },
        },
        { add_fields: { target: "", fields: { stack: "test" } } },
      ],
      "queue.disk": { max_size: "50MB" },
      "setup.ilm.enabled": false,
      "setup.template.enabled": false,
      "logging.metrics.enabled": false,
      ...output,
    };
    await give(at(`${name}.json`), JSON.stringify(settings));
    return () =>
      start(join(filebeat, "filebeat"), ["-e", "-c", at(`${name}.json`), "--path.data", at(`${name}-data`)]);
  };
  const writeLines = (name: string, texts: string[]) => {
    const now = Date.now();
    const lines = texts.map((text, i) => {
      const time = new Date(now + i).toISOString();
      return `${JSON.stringify({ log: `${text}\n`, stream: "stdout", time })}\n`;
    });
    return appendFile(at(`${name}-logs`, "app.log"), lines.join(""));
  };
  const numbered = (text: string, from: number, count: number) =>
    Array.from({ length: count }, (_, i) => `${text} ${from + i}`);

  /** How many documents of a data stream there are, and how many different messages they have. */
  const counted = async (stream: string) => {
    await ask("POST", `/${stream}/_refresh`);
    const found = await ask("POST", `/${stream}/_search`, {
      size: 0,
      track_total_hits: true,
      aggs: { distinct: { cardinality: { field: "message.keyword", precision_threshold: 40_000 } } },
    });
    if (found.status !== 200) return { all: 0, distinct: 0 };
    return { all: found.body.hits.total.value, distinct: found.body.aggregations.distinct.value };
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "farmstack-logging-"));
    await chmod(folder, 0o755);
    const [http = 0, transport = 0, beats = 0, lines = 0, api = 0] = await freePorts(5);
    ports = { http, transport, beats, lines, api };
    const built = await builtElasticsearch();
    // Out of the operator's folder, which nobody else can enter.
    [home, filebeat, receiver] = [at("home"), at("filebeat"), at("receiver")];
    await cp(built, home, { recursive: true });
    await cp(await builtModule("filebeat"), filebeat, { recursive: true });
    await cp(await builtModule("receiver"), receiver, { recursive: true });
    const java = (await run("readlink", ["-f", (await run("which", ["java"])).stdout.trim()])).stdout.trim();
    await symlink(dirname(dirname(java)), join(home, "jdk"));
    await certificates();
    ca = await readFile(at("ca.crt"), "utf8");
    const recipe = join(projectRoot, "lab", "images", "elasticsearch");
    await cp(join(recipe, "docker-entrypoint.sh"), at("docker-entrypoint.sh"));
    await cp(join(recipe, "log4j2.properties"), join(home, "config", "log4j2.properties"));
    await mkdir(join(home, "config", "certs"));
    for (const file of ["ca.crt", "node.crt", "node.key"])
      await cp(at(file), join(home, "config", "certs", file));
    await writeFile(join(home, "config", "elasticsearch.yml"), storeSettings());
    await mkdir(join(home, "data"));
    for (const name of ["filebeat-a-logs", "filebeat-b-logs"]) await mkdir(at(name));
    await run("chmod", ["-R", "a+rX", folder]);
    if (isRoot)
      for (const name of ["config", "data", "logs"]) await run("chown", ["-R", "1000:0", join(home, name)]);
    if (isRoot) await run("chown", ["1000:0", folder, at("node.key")]);
    await give(at("password"), password, 0o400);
    await give(at("writer-password"), `${writerPassword}\n`);
    await give(
      at("receiver.json"),
      JSON.stringify({
        beats: { address: `127.0.0.1:${beats}`, certificate: at("node.crt"), key: at("node.key") },
        lines: { address: `127.0.0.1:${lines}` },
        api: `127.0.0.1:${api}`,
        elasticsearch: {
          urls: [store()],
          ca: at("ca.crt"),
          user: "writer",
          passwordFile: at("writer-password"),
        },
        deadLetters: at("dead-letters.json"),
      }),
    );
  });

  afterAll(async () => {
    // Asked to end, and not killed: Elasticsearch's launcher has the store as its child, which would write on for a
    // moment into what is taken away here.
    for (const program of running) await end(program);
    if (process.env.KEEP_LOGGING_TEST) return;
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 500 });
  });

  const certificates = async () => {
    const ssl = (...args: string[]) => run("openssl", args, { cwd: folder });
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    await ssl(
      "req",
      "-x509",
      ...key,
      "-days",
      "2",
      "-subj",
      "/CN=test",
      "-keyout",
      "ca.key",
      "-out",
      "ca.crt",
    );
    await ssl("req", ...key, "-subj", "/CN=node", "-keyout", "node.key", "-out", "node.csr");
    await writeFile(at("names"), "subjectAltName=IP:127.0.0.1\n");
    const signer = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial"];
    await ssl(
      "x509",
      "-req",
      "-in",
      "node.csr",
      ...signer,
      "-days",
      "2",
      "-extfile",
      "names",
      "-out",
      "node.crt",
    );
  };

  const storeSettings = () => {
    const tls = (layer: string) => [
      `xpack.security.${layer}.ssl.enabled: true`,
      `xpack.security.${layer}.ssl.certificate: certs/node.crt`,
      `xpack.security.${layer}.ssl.key: certs/node.key`,
      `xpack.security.${layer}.ssl.certificate_authorities: [certs/ca.crt]`,
    ];
    return [
      "cluster.name: test",
      "discovery.type: single-node",
      "network.host: 127.0.0.1",
      `http.port: ${ports.http}`,
      `transport.port: ${ports.transport}`,
      "xpack.security.enabled: true",
      "bootstrap.memory_lock: false",
      "xpack.ml.enabled: false",
      // The machine's disk is not what is tested.
      "cluster.routing.allocation.disk.threshold_enabled: false",
      ...tls("http"),
      ...tls("transport"),
    ].join("\n");
  };

  let node: Program;
  let taker: Program;

  it("Elasticsearch wants its password in a file that is the owner's alone", async () => {
    const open = await give(at("open-password"), password, 0o644);
    const program = elasticsearch(open);
    const [code] = (await once(program.process, "exit")) as [number];
    expect(code).toBe(1);
    expect(program.output).toContain("has to be 400 or 600");
  });

  it("Elasticsearch starts with users and TLS, and its first password is the one of the file", async () => {
    node = elasticsearch();
    await untilUp(node);
    const root = await ask("GET", "/");
    expect(root.body).toMatchObject({ cluster_name: "test", version: { number: "8.19.21" } });
    expect((await ask("GET", "/", undefined, "elastic", "changeme")).status).toBe(401);
    expect(node.output).not.toContain(password);
    for (const line of node.output.trim().split("\n")) expect(JSON.parse(line)).toHaveProperty("@timestamp");
  });

  it("takes users, roles, a template of data streams, and passwords of its own users", async () => {
    // While the index of users is made, which is after the first answers, nobody is let in.
    const set = (path: string, body: object, method = "PUT") =>
      waitFor(async () => (await ask(method, path, body)).status === 200, 60);
    await set("/_security/user/kibana_system/_password", { password: "kibana's, long" }, "POST");
    expect((await ask("GET", "/", undefined, "kibana_system", "kibana's, long")).status).toBe(200);
    const privileges = ["create_doc", "auto_configure"];
    await set("/_security/role/writer", {
      cluster: ["monitor"],
      indices: [{ names: ["logs-*-*"], privileges }],
    });
    await set("/_security/user/writer", { password: writerPassword, roles: ["writer"] });
    const text = { type: "text", fields: { keyword: { type: "keyword", ignore_above: 1024 } } };
    await set("/_index_template/logs", {
      index_patterns: ["logs-*-*"],
      data_stream: {},
      priority: 300,
      template: {
        settings: { number_of_replicas: 0 },
        mappings: { properties: { message: text, host: { properties: { name: { type: "keyword" } } } } },
      },
    });
  });

  it("lets the writer create documents, each id once, and nothing else", async () => {
    const one = `{"create":{"_index":"logs-once-test","_id":"1"}}\n{"@timestamp":"2026-01-01T00:00:00Z"}\n`;
    const status = async () =>
      (await ask("POST", "/_bulk", one, "writer", writerPassword)).body.items[0].create.status;
    expect([await status(), await status()]).toEqual([201, 409]);
    expect((await ask("GET", "/logs-once-test/_search", undefined, "writer", writerPassword)).status).toBe(
      403,
    );
  });

  it("the receiver answers for its health while the store is there", async () => {
    taker = startReceiver();
    await waitFor(
      async () => (await health().catch(() => ({}) as Record<string, unknown>)).status === "up",
      30,
    );
    const asked = await run(join(receiver, "receiver"), ["health", at("receiver.json")]);
    expect(JSON.parse(asked.stdout)).toMatchObject({ status: "up", elasticsearch: "takes events" });
  });

  it("lines of JSON are stored in the stream that they name, other lines as messages", async () => {
    const socket = connect(ports.lines, "127.0.0.1");
    const named = { message: "named", data_stream: { dataset: "shop" }, host: { name: "a" } };
    socket.end(`${JSON.stringify(named)}\nnot JSON\n`);
    await waitFor(async () => (await counted("logs-shop-default")).all === 1, 30);
    await waitFor(async () => (await counted("logs-generic-default")).all === 1, 30);
    const [shop] = (await ask("GET", "/logs-shop-default/_search")).body.hits.hits;
    expect(shop._source).toMatchObject({
      message: "named",
      data_stream: { type: "logs", dataset: "shop", namespace: "default" },
    });
    const [other] = (await ask("GET", "/logs-generic-default/_search")).body.hits.hits;
    expect(other._source).toMatchObject({ message: "not JSON", tags: ["_jsonparsefailure"] });
  });

  it("what the store refuses for good is kept beside, and holds nothing up", async () => {
    const socket = connect(ports.lines, "127.0.0.1");
    socket.end(`{"message":"bad","host":"not an object"}\n{"message":"good","host":{"name":"b"}}\n`);
    await waitFor(async () => (await counted("logs-generic-default")).all === 2, 30);
    const letters = (await readFile(at("dead-letters.json"), "utf8")).trim().split("\n");
    expect(letters.map((line) => JSON.parse(line))).toMatchObject([
      { index: "logs-generic-default", status: 400, event: { message: "bad" } },
    ]);
    expect(await health()).toMatchObject({ deadLetters: 1, held: 0 });
  });

  it.each([
    ["through the receiver", "a"],
    ["by itself", "b"],
  ])("Filebeat, %s, loses nothing and brings nothing twice", async (_, which) => {
    const name = `filebeat-${which}`;
    const stream = `logs-${name}-test`;
    const output =
      which === "a"
        ? {
            "output.logstash": {
              hosts: [`127.0.0.1:${ports.beats}`],
              "ssl.certificate_authorities": [at("ca.crt")],
            },
            fields_under_root: true,
            fields: { data_stream: { type: "logs", dataset: name, namespace: "test" } },
          }
        : {
            "output.elasticsearch": {
              hosts: [store()],
              username: "writer",
              password: writerPassword,
              index: stream,
              "ssl.certificate_authorities": [at("ca.crt")],
            },
          };
    const ship = await shipper(name, output);
    let beat = ship();
    await writeLines(name, numbered("before", 0, 500));
    await waitFor(async () => (await counted(stream)).all === 500, 120);

    await end(node); // the store is down
    await writeLines(name, numbered("down", 0, 2000));
    if (which === "a") {
      await waitFor(async () => (await health()).elasticsearch !== "takes events", 60);
      await end(taker, "SIGKILL");
      taker = startReceiver();
    }
    await end(beat, "SIGKILL"); // and the shipper dies meanwhile
    beat = ship();
    await writeLines(name, numbered("later", 0, 500));
    node = elasticsearch();
    await untilUp(node);
    await waitFor(async () => (await counted(stream)).all >= 3000, 180);
    expect(await counted(stream)).toEqual({ all: 3000, distinct: 3000 });

    // Without a memory of what it sent, it sends all of it again.
    await end(beat, "SIGKILL");
    await rm(at(`${name}-data`), { recursive: true });
    await folderOf(`${name}-data`);
    const before = which === "a" ? Number((await health()).duplicates) : 0;
    beat = ship();
    await writeLines(name, ["last"]);
    await waitFor(async () => (await counted(stream)).distinct === 3001, 120);
    if (which === "a") await waitFor(async () => Number((await health()).duplicates) - before >= 3000, 60);
    expect(await counted(stream)).toEqual({ all: 3001, distinct: 3001 });
    await end(beat);
  });

  it("none of them wrote a password to its log", () => {
    for (const { output } of [node, taker])
      for (const secret of [password, writerPassword]) expect(output).not.toContain(secret);
  });
});
