import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { stringify } from "yaml";
import { renderRotation, rotate } from "../../../tools/logging/rotate";
import { renderSearch, search, searchBody } from "../../../tools/logging/search";
import { listSnapshots, renderSnapshots, restore, save } from "../../../tools/logging/snapshots";
import { loggingStatus, parseStatus, renderStatus } from "../../../tools/logging/status";
import { exitCodeOf } from "../../../tools/outcome";
import { parseStack, type Stack } from "../../../tools/stack";
import { exampleHostKey } from "../config/samples";

let folder: string;
const at = (name: string) => join(folder, name);

const config = {
  "farmstack:hosts": [1, 2, 3].map((n) => ({
    name: `a${n}`,
    address: `192.0.2.1${n}`,
    hostKey: exampleHostKey(n),
  })),
  "farmstack:ceph": { publicNetwork: "192.0.2.0/24", monitors: ["a1"], managers: ["a1"] },
  "farmstack:logging": {
    hosts: ["a1"],
    entry: { allow: ["192.0.2.0/24"] },
    repository: { path: "/srv/logs" },
    rotation: { writer: 1 },
  },
};

/** The stack with another logging group, written as YAML. */
function stackOf(logging: object = {}): Stack {
  const text = stringify({
    config: { ...config, "farmstack:logging": { ...config["farmstack:logging"], ...logging } },
  });
  writeFileSync(at("Pulumi.prod.yaml"), text);
  return { name: "prod", file: at("Pulumi.prod.yaml"), settings: parseStack(text, "prod") };
}

/** The store's program on a host that `ssh` reaches. */
const keeper = (script: string) =>
  writeFileSync(at("keeper"), `#!/bin/sh\necho "$*" >>"$WORLD/asked"\n${script}\n`, { mode: 0o755 });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "farmstack-logging-"));
  mkdirSync(at("bin"));
  writeFileSync(
    at("bin/ssh"),
    `#!/bin/sh
case "$*" in *192.0.2.11*) [ ! -e "$WORLD/down" ] || exit 255 ;; esac
sed "s#/usr/local/sbin/farmstack-logging#$WORLD/keeper#g" | sh -s
`,
    { mode: 0o755 },
  );
  vi.stubEnv("WORLD", folder);
  vi.stubEnv("PATH", `${at("bin")}${delimiter}${process.env.PATH}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const printed = `health green nodes 1 of 1
version 8.19.21
receiver standin
age timer 7
size timer 2
snapshots timer 14
stream logs-containers-dev 3 1073741824
disk a1 91 5368709120
mark 85
unit disk exit-code
unit retention success
`;

describe("status", () => {
  it("says who does what", async () => {
    keeper(`cat <<'E'\n${printed}E`);
    const status = await loggingStatus(stackOf());
    expect(status).toMatchObject({
      health: "green",
      nodes: { there: 1, wanted: 1 },
      age: { by: "timer", days: 7 },
      streams: [{ name: "logs-containers-dev", indices: 3, bytes: 2 ** 30 }],
      timers: { disk: "exit-code", retention: "success" },
    });
    const text = renderStatus(status);
    expect(text).toContain("a stand-in for Logstash");
    expect(text).toContain("7 days: removed by a timer of the hosts");
    expect(text).toContain("91 % used, 5.00 GiB free; past the mark of 85 %");
    expect(text).toContain("exit-code: journalctl -u farmstack-logging-disk -n 20");
  });

  it("of Elasticsearch's own lifecycle and no snapshots", () => {
    const text = renderStatus(
      parseStatus(
        "prod",
        printed.replace("age timer", "age lifecycle").replace("snapshots timer 14", "snapshots none"),
      ),
    );
    expect(text).toContain("7 days: removed by Elasticsearch itself");
    expect(text).toContain("none: logging.repository is not set");
  });

  it("asks the next host when one is away, and refuses a stack without a store", async () => {
    keeper(`cat <<'E'\n${printed}E`);
    writeFileSync(at("down"), "");
    const three = stackOf({ hosts: ["a1", "a2", "a3"], repository: undefined });
    expect((await loggingStatus(three)).health).toBe("green");
    await expect(loggingStatus(stackOf())).rejects.toThrow("a1 (192.0.2.11) can't be reached by ssh");
    const none = stackOf();
    none.settings.logging.hosts = [];
    const error = await loggingStatus(none).catch((caught: unknown) => caught);
    expect(exitCodeOf(error)).toBe(2);
  });

  it("says what to type when the store is not there yet, or does not answer", async () => {
    await expect(loggingStatus(stackOf())).rejects.toThrow("run pulumi up --stack prod");
    keeper("echo 'a1: health: Elasticsearch does not answer' >&2; exit 1");
    await expect(loggingStatus(stackOf())).rejects.toThrow(
      "does not answer\nSee: ssh root@192.0.2.11 /usr/local/sbin/farmstack-logging status",
    );
  });
});

describe("search", () => {
  const options = { since: "1h", limit: 2 };

  it("asks by words and fields, through the store's own API", async () => {
    const hits = [2, 1].map((n) => ({
      _source: {
        "@timestamp": `2026-11-21T21:00:0${n}Z`,
        message: `it's line ${n}\n`,
        host: { name: "a2" },
        ...(n === 1
          ? { container: { name: "web" } }
          : { kubernetes: { namespace: "shop", pod: { name: "p-0" } } }),
      },
    }));
    writeFileSync(at("answer"), JSON.stringify({ hits: { total: { value: 7 }, hits } }));
    keeper('cat >"$WORLD/body"; cat "$WORLD/answer"');
    const result = await search(stackOf(), { ...options, text: "it's", host: "a2", pod: "p-0" });
    expect(readFileSync(at("asked"), "utf8")).toContain(
      "ask POST /logs-containers-*,logs-pods-*,logs-events-*/_search",
    );
    const { query } = JSON.parse(readFileSync(at("body"), "utf8")) as { query: object };
    expect(query).toEqual({
      bool: {
        filter: [
          { range: { "@timestamp": { gte: "now-1h" } } },
          { term: { "host.name": "a2" } },
          { term: { "kubernetes.pod.name": "p-0" } },
        ],
        must: [{ match: { message: { query: "it's", operator: "and" } } }],
      },
    });
    expect(renderSearch(result).split("\n")).toEqual([
      "2026-11-21T21:00:01Z  a2  -  web       it's line 1",
      "2026-11-21T21:00:02Z  a2  -  shop/p-0  it's line 2",
      "the newest 2 of 7",
    ]);
  });

  it("looks into what was restored, and not into what there is", async () => {
    keeper('echo \'{"hits":{"total":{"value":0},"hits":[]}}\'');
    expect((await search(stackOf(), { ...options, restored: true })).total).toBe(0);
    expect(readFileSync(at("asked"), "utf8")).toMatch(/^ask POST \/restored-\*\/_search\?/);
  });

  it("refuses times and numbers that mean nothing", () => {
    expect(() => searchBody({ ...options, since: "yesterday" })).toThrow("is no time such as 15m");
    expect(() => searchBody({ ...options, limit: 0 })).toThrow("from 1 to 10000");
  });
});

describe("snapshots", () => {
  const list = "echo 'logs-1 SUCCESS 1795296403'; echo 'logs-2 PARTIAL 1795296503'";

  it("are listed, the newest first", async () => {
    keeper(list);
    const found = await listSnapshots(stackOf());
    expect(found.snapshots.map(({ name }) => name)).toEqual(["logs-2", "logs-1"]);
    expect(renderSnapshots(found)).toContain("logs-1    2026-11-21T");
    await expect(listSnapshots(stackOf({ repository: undefined }))).rejects.toThrow(
      "logging.repository is not set",
    );
  });

  it("are restored when they are whole, and made under a name that the schedule leaves alone", async () => {
    keeper(`case $1 in snapshots) ${list} ;; *) echo "$1 $2" ;; esac`);
    expect((await restore(stackOf(), "logs-1")).done).toEqual(["restore logs-1"]);
    await expect(restore(stackOf(), "logs-2")).rejects.toThrow("is not whole (PARTIAL)");
    await expect(restore(stackOf(), "logs-9")).rejects.toThrow("npm run logging -- --stack prod snapshots");
    expect((await save(stackOf())).done).toEqual([expect.stringMatching(/^save manual-\d{8}t\d{6}z$/)]);
  });
});

describe("rotate", () => {
  it("raises a number that is there, and refuses unknown users", async () => {
    const stack = stackOf();
    expect(await rotate(stack, "writer")).toMatchObject({ user: "writer", rotation: 2 });
    expect(parseStack(readFileSync(stack.file, "utf8"), "").logging.rotation).toMatchObject({
      writer: 2,
      elastic: 0,
    });
    await expect(rotate(stack, "elastik")).rejects.toThrow("did you mean elastic?");
  });

  it.each([
    [
      "a user that has none",
      "  farmstack:logging:\n    rotation: # numbers\n      writer: 1\n    hosts: [a1]\n",
    ],
    ["no numbers at all", "  farmstack:logging:\n    # where\n    hosts: [a1]\n"],
    ["one line", "  farmstack:logging: { hosts: [a1], entry: { allow: [192.0.2.0/24] } }\n"],
  ])("keeps every other line: %s", (_, group) => {
    const others = { ...config, "farmstack:logging": undefined };
    const entry = group.includes("entry") ? "" : "    entry: { allow: [192.0.2.0/24] } # all of us\n";
    const text = `${stringify({ config: others })}${group}${entry}`;
    const edited = renderRotation(text, "elastic", 1);
    expect(parseStack(edited, "").logging.rotation.elastic).toBe(1);
    for (const line of text.split("\n").filter((one) => one.includes("#"))) expect(edited).toContain(line);
  });
});
