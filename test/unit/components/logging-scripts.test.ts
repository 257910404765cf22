import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { wrapScript } from "../../../components/hosts/shell";
import { foldersScript } from "../../../components/logging/folders";
import { backScript, formScript, type PlainGate, stopScript } from "../../../components/logging/gates";
import { keeperProgram, keeperScript, keeperUndo } from "../../../components/logging/keeper";
import { objectsScript } from "../../../components/logging/kibana";
import { setupScript } from "../../../components/logging/setup";
import { shell } from "./shell";

const { folder, fake, sh, take, run } = shell();
const at = (name: string) => join(folder, name);

const passwords = (generation: number) =>
  Array.from({ length: generation + 1 }, (_, n) => `S3cret${n}`).reverse();
const setup = (generation = 0, version = "full") => {
  writeFileSync(at("version"), version);
  return setupScript({
    hostName: "it's",
    url: "https://192.0.2.11:9200",
    ca: "CA",
    passwords: {
      elastic: passwords(generation),
      kibana_system: ["KIBANA"],
      writer: passwords(generation),
      reader: ["READER"],
      keeper: ["KEEPER"],
    },
    nodes: 1,
    retention: { days: 7, maxGiB: 2 },
    repository: { path: "/mnt/logs" },
    patience: 3,
  });
};
const gate: PlainGate = {
  hostName: "it's",
  container: "logging-elasticsearch-a",
  nodes: 3,
  url: "https://192.0.2.11:9200",
  ca: "CA",
  passwords: ["S3cret0"],
  patience: 2,
  look: "LOOK",
  because: "id",
};
const keeper = {
  hostName: "a",
  dataDirectory: folder,
  url: "https://192.0.2.11:9200",
  nodes: 1,
  receiver: "standin" as const,
  retention: { days: 7, maxGiB: 2 },
  repository: { path: "/mnt/it's", keep: 2 },
};

describe("every script", () => {
  it.each([
    ["folders", foldersScript({ hostName: "it's", dataDirectory: "/d", daemon: "x", files: { f: "it's" } })],
    ["forming", formScript("may-form", ["https://192.0.2.12:9200"])],
    ["setup", setup(2)],
    ["back", backScript(gate)],
    ["may change", stopScript(gate)],
    ["keeper's program", keeperProgram(keeper)],
    ["keeper", keeperScript(keeper, { ca: "CA", password: "it's", webhook: "https://x" })],
    ["end of the keeper", keeperUndo("/var/lib/farmstack")],
    ["Kibana's objects", objectsScript({ hostName: "it's", container: "k", password: "p", patience: 1 })],
  ])("is one that a POSIX shell accepts: %s", (_, script) => {
    expect(spawnSync("sh", ["-n"], { input: wrapScript(script), encoding: "utf8" })).toMatchObject({
      status: 0,
      stderr: "",
    });
  });
});

/**
 * curl of an Elasticsearch: it notes "METHOD PATH" of each request and its configuration, knows `elastic` by the password
 * in a file, and answers by files named like paths (`/` is `:`): the first line is the status.
 */
const elasticsearch = `config=$(cat)
echo "curl $*" >>${folder}/arguments
method=$(printf '%s\\n' "$config" | sed -n 's/^request = "\\(.*\\)"/\\1/p')
path=$(printf '%s\\n' "$config" | sed -n 's#^url = "https://192.0.2.11:9200\\(.*\\)"#\\1#p')
user=$(printf '%s\\n' "$config" | sed -n 's/^user = "\\(.*\\)"/\\1/p')
printf '%s\\n' "$config" | sed -n "s#^data-binary = \\(.*\\)#$method $path \\1#p" >>${folder}/bodies
echo "$method $path" >>${folder}/requests
[ ! -e ${folder}/away ] || { echo "curl: (7) refused"; exit 7; }
case $user in elastic:*) [ "$user" = "elastic:$(cat ${folder}/elastic)" ] || { printf '{}\\n401'; exit; } ;; esac
case $method$path in
POST/_security/user/elastic/_password) printf '%s' "$config" | sed -n 's/.*password.":."\\(.*\\)."}"/\\1/p' | tr -d '\\\\' >${folder}/elastic ;;
esac
file=${folder}/answers/$(echo "$method$path" | sed 's#[?].*##; s#/#:#g')
if [ -e "$file" ]; then tail -n +2 "$file"; printf '\\n%s' "$(head -n 1 "$file")"; exit; fi
case $path in */_lifecycle* | /_slm/*) [ "$(cat ${folder}/version)" = full ] || { printf '{"error":"no handler found"}\\n400'; exit; } ;; esac
printf '{}\\n200'`;

const answer = (request: string, body: string, status = 200) =>
  writeFileSync(at(`answers/${request.replaceAll("/", ":")}`), `${status}\n${body}\n`);
const requests = () => take("requests").trim().split("\n");

beforeEach(() => {
  for (const name of ["answers", "logging"]) rmSync(at(name), { recursive: true, force: true });
  for (const name of ["away", "requests", "bodies", "arguments"]) rmSync(at(name), { force: true });
  mkdirSync(at("answers"));
  fake("curl", elasticsearch);
  fake("sleep", "exit 0");
  writeFileSync(at("elastic"), "S3cret0");
  writeFileSync(at("version"), "full");
});

describe("setup", { timeout: 60_000 }, () => {
  it("makes users, templates, retention and snapshots, and says who keeps to them", () => {
    expect(sh(setup())).toMatchObject({
      status: 0,
      stderr: "",
      stdout: `users: set
retention by age: Elasticsearch's own lifecycle
snapshots: Elasticsearch's own schedule
`,
    });
    expect(requests()).toEqual([
      "GET /_security/_authenticate",
      "POST /_security/user/elastic/_password",
      "POST /_security/user/kibana_system/_password",
      "PUT /_security/role/farmstack_writer",
      "PUT /_security/role/farmstack_reader",
      "PUT /_security/role/farmstack_keeper",
      "PUT /_security/user/farmstack_writer_0",
      "PUT /_security/user/farmstack_reader",
      "PUT /_security/user/farmstack_keeper",
      "PUT /_component_template/farmstack-logs-settings",
      "PUT /_component_template/farmstack-logs-mappings",
      "GET /_data_stream/logs-*/_lifecycle",
      "PUT /_index_template/farmstack-logs",
      "PUT /_data_stream/logs-containers-*,logs-pods-*,logs-events-*/_lifecycle",
      expect.stringContaining("PUT /logs-containers-*,logs-pods-*,logs-events-*/_settings?"),
      "PUT /_snapshot/farmstack",
      "GET /_slm/policy",
      "PUT /_slm/policy/farmstack",
    ]);
    expect(take("bodies")).toContain('{\\"lifecycle\\":{\\"data_retention\\":\\"7d\\"}}');
  });

  it("gives curl nothing but its standard input to read", () => {
    sh(setup());
    expect(new Set(take("arguments").trim().split("\n"))).toEqual(new Set(["curl --config -"]));
  });

  it("leaves age and snapshots to a timer where the running version can't do them", () => {
    const { status, stdout } = sh(setup(0, "small"));
    expect(status).toBe(0);
    expect(stdout).toContain("retention by age: a timer of the hosts");
    expect(stdout).toContain("snapshots: a timer of the hosts");
    expect(requests()).not.toContain("PUT /_slm/policy/farmstack");
    expect(take("bodies")).not.toContain("data_retention");
  });

  it("takes up a rotation of elastic from whichever password is in use, and retires old writers", () => {
    expect(sh(setup(2)).stdout).toContain("user farmstack_writer_0: retired");
    expect(readFileSync(at("elastic"), "utf8").trim()).toBe("S3cret2");
    expect(requests().filter((one) => one.includes("_authenticate"))).toHaveLength(3); // the newest first
    expect(sh(setup(2)).status).toBe(0);
    expect(requests().filter((one) => one.startsWith("DELETE"))).toEqual([
      "DELETE /_security/user/farmstack_writer_0",
    ]);
  });

  it("names what was refused, and no secret with it", () => {
    answer("PUT/_security/role/farmstack_writer", '{"error":"no"}', 403);
    const { status, stderr } = sh(setup());
    expect(status).toBe(1);
    expect(stderr).toContain(`it's: role of writers: Elasticsearch says 403: {"error":"no"}`);
    expect(stderr).not.toMatch(/S3cret|KIBANA|READER/);
  });

  it("says so when no password is taken, or nobody answers", () => {
    writeFileSync(at("elastic"), "changed by hand");
    expect(sh(setup()).stderr).toContain("takes no password of elastic that the stack knows");
    writeFileSync(at("away"), "");
    expect(sh(setup()).stderr).toContain("can't be asked at https://192.0.2.11:9200");
  });
});

describe("gates", { timeout: 60_000 }, () => {
  const health = (status: string, nodes: number) =>
    answer("GET/_cluster/health", `{"status":"${status}","number_of_nodes":${nodes}}`);
  const running = (id: string) => fake("docker", `echo ${id}`);

  it.each([
    ["green", 3, 3, 0],
    ["green", 1, 3, 0], // the first of three
    ["yellow", 3, 3, 1],
    ["yellow", 1, 1, 0],
    ["red", 1, 1, 1],
  ])("back: %s with %i of %i nodes ends with %i", (status, there, nodes, code) => {
    health(status, there);
    const ended = sh(backScript({ ...gate, nodes }));
    expect(ended.status).toBe(code);
    if (code)
      expect(ended.stderr).toContain(`(it is ${status}, with ${there} of ${nodes} nodes). Look at: LOOK`);
  });

  it.each([
    ["green", 3, 0],
    ["green", 1, 0], // there will be more
    ["green", 2, 1], // the next one is needed
    ["yellow", 3, 1],
  ])("may change: %s with %i of 3 nodes ends with %i", (status, there, code) => {
    running("abc");
    health(status, there);
    expect(sh(stopScript(gate)).status).toBe(code);
  });

  it("asks nothing while the node does not run", () => {
    running("");
    writeFileSync(at("away"), "");
    expect(sh(stopScript(gate))).toMatchObject({
      status: 0,
      stdout: "logging-elasticsearch-a does not run\n",
    });
    expect(existsSync(at("requests"))).toBe(false);
  });
});

describe("folders of a daemon", () => {
  const owner = process.getuid?.() === 0 ? "1000:0" : undefined;
  const script = (files: Record<string, string>, then = "") =>
    foldersScript({ hostName: "a", dataDirectory: folder, daemon: "x", files, keep: ["may-form"], then });
  const files = at("logging/x/files");
  if (!owner) fake("chown", "exit 0");

  it("hold its files, which nobody else can read, and no others", () => {
    expect(sh(script({ "key.pem": "it's\n", other: "" }))).toMatchObject({
      status: 0,
      stdout: "files of x: written\n",
      stderr: "",
    });
    expect(readFileSync(join(files, "key.pem"), "utf8")).toBe("it's\n");
    expect(statSync(join(files, "key.pem")).mode & 0o777).toBe(0o400);
    expect(statSync(at("logging/x/data")).mode & 0o777).toBe(0o700);
    writeFileSync(join(files, "may-form"), "");
    expect(sh(script({ "key.pem": "it's\n" })).stdout).toBe("files of x: unchanged\n");
    expect(readdirSync(files).sort()).toEqual(["key.pem", "may-form"]);
  });

  it("let the first node form a cluster once: without data, and with nobody there", () => {
    const form = script({}, formScript("may-form", ["https://192.0.2.12:9200"]));
    fake("curl", "exit 0"); // somebody answers
    expect(sh(form).status).toBe(0);
    expect(readdirSync(files)).toEqual([]);
    fake("curl", "exit 7");
    expect(sh(form).status).toBe(0);
    expect(readdirSync(files)).toEqual(["may-form"]);
    rmSync(join(files, "may-form"));
    writeFileSync(at("logging/x/data/nodes"), "");
    expect(sh(form).status).toBe(0);
    expect(readdirSync(files)).toEqual([]);
  });
});

describe("the keeper", { timeout: 60_000 }, () => {
  const days = (number: number) => Date.now() - number * 86_400_000;
  const index = (stream: string, number: number, created: number, bytes: number) =>
    `.ds-${stream}-2026.11.21-${String(number).padStart(6, "0")} ${created} ${bytes}`;
  const indices = (...lines: string[]) =>
    answer("GET/_cat/indices/.ds-logs-containers-*,.ds-logs-pods-*,.ds-logs-events-*", lines.join("\n"));
  const gib = 2 ** 30;

  function keep(...args: string[]) {
    mkdirSync(at("logging/keeper"), { recursive: true });
    writeFileSync(at("logging/keeper/password"), "KEEPER");
    writeFileSync(at("logging/keeper/ca.pem"), "CA");
    writeFileSync(at("keeper"), keeperProgram(keeper).replaceAll("/run/", `${folder}/`), { mode: 0o755 });
    return run(at("keeper"), args);
  }
  const removed = () => requests().filter((one) => one.startsWith("DELETE"));

  beforeEach(() => {
    answer("GET/_cat/master", "a");
    answer("GET/_cluster/settings", '{"defaults":{"cluster.routing.allocation.disk.watermark.low":"85%"}}');
    answer("GET/_cat/allocation", "a 40 1000");
    writeFileSync(at("version"), "small");
    rmSync(at("farmstack-logging-disk"), { force: true });
  });

  it("removes an index when all that is in it is too old, never the one that is written to", () => {
    indices(
      index("logs-containers-dev", 1, days(20), 10),
      index("logs-containers-dev", 2, days(9), 10), // where the first one ends
      index("logs-containers-dev", 3, days(2), 10),
      index("logs-pods-dev", 1, days(30), 10),
    );
    const { status, stdout, stderr } = keep("retention");
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("000001: removed, older than 7 days");
    const asked = requests();
    expect(asked.filter((one) => one.startsWith("DELETE"))).toEqual([
      "DELETE /.ds-logs-containers-dev-2026.11.21-000001",
    ]);
    expect(asked).toContain("POST /logs-containers-dev/_rollover");
    expect(asked).toContain("POST /logs-pods-dev/_rollover");
  });

  it("leaves age to Elasticsearch where that keeps to it", () => {
    writeFileSync(at("version"), "full");
    indices(index("logs-pods-dev", 1, days(30), 10), index("logs-pods-dev", 2, days(20), 10));
    expect(keep("retention").stdout).toContain("kept by Elasticsearch's own lifecycle");
    expect(removed()).toEqual([]);
  });

  it("removes the oldest of all streams until the rest fits", () => {
    indices(
      index("logs-containers-dev", 1, days(3), gib),
      index("logs-containers-dev", 2, days(1), gib),
      index("logs-containers-dev", 3, days(0), gib),
      index("logs-pods-dev", 1, days(2), gib),
      index("logs-pods-dev", 2, days(1), gib / 2),
    );
    expect(keep("retention").stdout).toContain("all together are larger than 2 GiB");
    expect(removed()).toEqual([
      "DELETE /.ds-logs-containers-dev-2026.11.21-000001",
      "DELETE /.ds-logs-pods-dev-2026.11.21-000001",
      "DELETE /.ds-logs-containers-dev-2026.11.21-000002",
    ]);
  });

  it("does the cluster's work on one host only", () => {
    answer("GET/_cat/master", "b");
    expect(keep("retention").stdout).toBe("another host's node is the chosen one\n");
    expect(keep("snapshot").stdout).toBe("another host's node is the chosen one\n");
    expect(removed()).toEqual([]);
  });

  it("makes a snapshot, and removes old ones of the schedule alone", () => {
    fake("date", "echo 20260105t013000z");
    answer("PUT/_snapshot/farmstack/logs-20260105t013000z", '{"snapshot":{"state":"SUCCESS"}}');
    answer(
      "GET/_cat/snapshots/farmstack",
      [
        "logs-20260101t013000z SUCCESS 1",
        "manual-20260101t013000z SUCCESS 2",
        "logs-20260102t013000z PARTIAL 3",
      ]
        .concat(["logs-20260103t013000z SUCCESS 4", "logs-20260105t013000z SUCCESS 5"])
        .join("\n"),
    );
    const { status, stdout, stderr } = keep("snapshot");
    rmSync(at("bin/date"));
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toBe("saved logs-20260105t013000z\nremoved logs-20260101t013000z\n");
    expect(removed()).toEqual(["DELETE /_snapshot/farmstack/logs-20260101t013000z"]);
  });

  it("calls a snapshot failed that is not whole", () => {
    fake("date", "echo 20260105t013000z");
    answer("PUT/_snapshot/farmstack/logs-20260105t013000z", '{"snapshot":{"state":"PARTIAL"}}');
    const { status, stderr } = keep("snapshot");
    rmSync(at("bin/date"));
    expect(status).toBe(1);
    expect(stderr).toContain("is not whole");
  });

  it("fails when a disk is past the mark, tells the webhook once, and again when it is over", () => {
    mkdirSync(at("logging/keeper"), { recursive: true });
    writeFileSync(at("logging/keeper/webhook"), "https://chat.example/hook");
    const told = () => take("bodies").trim().split("\n").filter(Boolean);
    answer("GET/_cat/allocation", "a 40 1000\nb 91 10\n 3 UNASSIGNED");
    const first = keep("disk");
    expect(first.status).toBe(1);
    expect(first.stderr).toContain("a: b is 91 % full; from 85 % on Elasticsearch puts no more data there");
    expect(existsSync(at("farmstack-logging-disk"))).toBe(true);
    keep("disk");
    answer("GET/_cat/allocation", "a 40 1000\nb 50 10");
    expect(keep("disk")).toMatchObject({ status: 0, stdout: "the disks have room\n" });
    expect(existsSync(at("farmstack-logging-disk"))).toBe(false);
    expect(told()).toHaveLength(2);
  });

  it("fails as well when the store does not answer", () => {
    writeFileSync(at("away"), "");
    const { status, stderr } = keep("disk");
    expect(status).toBe(1);
    expect(stderr).toMatch(/^a: \S.* Elasticsearch does not answer at https:\/\/192\.0\.2\.11:9200/);
  });

  it("restores beside what there is", () => {
    expect(keep("restore", "logs-1").stdout).toBe("restored logs-1\n");
    expect(requests()).toEqual(["POST /_snapshot/farmstack/logs-1/_restore?wait_for_completion=true"]);
    expect(take("bodies")).toContain(String.raw`\"rename_replacement\":\"restored-logs-1-$1\"`);
  });

  it("is installed with its secrets in files of root, none of them in the program", () => {
    expect(keeperProgram(keeper)).not.toContain("KEEPER");
    expect(keep("elsewhere").stderr).toContain("there is no elsewhere");
  });
});
