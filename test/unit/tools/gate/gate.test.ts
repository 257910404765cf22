import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Operation } from "../../../../tools/gate/change";
import { renderMarkdown } from "../../../../tools/gate/markdown";
import { type Plan, readPlan, type Step } from "../../../../tools/gate/plan";
import { renderVerdict } from "../../../../tools/gate/text";
import { judge, verdictExitCode } from "../../../../tools/gate/verdict";
import { planFile } from "../../../engine/recorded-plan";
import { runProgram } from "../../../program";

const recordedPlan = (name: string): Plan => readPlan(readFileSync(planFile(name), "utf8"));
const judged = (name: string, allow?: string[]) => judge(recordedPlan(name), allow);

/** A plan of some steps, each `OPERATION TYPE NAME`. */
function planOf(...steps: [line: string, step?: Partial<Step>][]): Plan {
  return {
    config: { "farmstack:hosts": JSON.stringify([{ name: "a" }, { name: "a-2" }]) },
    steps: steps.map(([line, step]) => {
      const [op = "", type = "", name = ""] = line.split(" ");
      return { op, urn: `urn:pulumi:prod::farmstack::${type}::${name}`, newState: { type }, ...step };
    }),
    errors: [],
  };
}

describe("a recorded plan", () => {
  it("that changes nothing passes", () => {
    const verdict = judged("nothing");
    expect(renderVerdict(verdict)).toBe("✓ prod: no data is lost, nothing restarts (no changes)");
    expect(verdictExitCode(verdict)).toBe(0);
  });

  it("that removes an OSD's store is refused, and says what is lost and what ends", () => {
    const verdict = judged("osd-removed");
    expect(verdictExitCode(verdict)).toBe(2);
    expect(renderVerdict(verdict))
      .toBe(`✗ prod: data is lost: 3 resources that hold data would be deleted or replaced (7 delete)

      what                                                  where  why                 restarts or loses
DATA  delete Command      host1-ceph-osd-host1-ata-B-store  host1  no longer declared  an OSD's store: its copies of the data, which the deletion sets aside
DATA  delete RandomBytes  ceph-osd-host1-ata-B-key          stack  no longer declared  the identity of an OSD: its store can't be opened as that OSD
DATA  delete RandomUuid   ceph-osd-host1-ata-B-uuid         stack  no longer declared  the identity of an OSD: its store can't be opened as that OSD
      delete Container    ceph-osd-host1-ata-B-container    host1  no longer declared  ceph-osd-host1-ata-B ends

and 3 more, without a restart

If it is meant: save what is needed (docs/backup.md), then --allow host1-ceph-osd-host1-ata-B-store ceph-osd-host1-ata-B-key ceph-osd-host1-ata-B-uuid`);
  });

  it("passes when all that goes was allowed, by name, type or URN", () => {
    const [urn = ""] = judged("osd-removed").refused.map((change) => change.urn);
    const allow = [urn, "random:index/randomBytes:RandomBytes", "ceph-osd-host1-ata-B-uuid"];
    const verdict = judged("osd-removed", [...allow, "ceph-osd-host9"]);
    expect(verdictExitCode(verdict)).toBe(0);
    expect(verdict.allowed).toHaveLength(3);
    expect(renderVerdict(verdict)).toContain("✓ prod: 3 with data, allowed, 1 thing may restart");
    expect(renderVerdict(verdict)).toContain("--allow ceph-osd-host9: nothing with data by that name goes");
    expect(verdictExitCode(judged("osd-removed", allow.slice(1)))).toBe(2);
  });

  it("of another image shows each daemon that restarts", () => {
    const verdict = judged("image-changed");
    expect(verdictExitCode(verdict)).toBe(0);
    expect(
      verdict.restarts.map(({ where, why, restarts }) => [where, why.includes("image"), restarts]),
    ).toEqual(
      [
        "mds-host1",
        "mgr-host1",
        "mon-host1",
        "mount-host1-mnt-cephfs",
        "osd-host1-ata-A",
        "osd-host1-ata-B",
      ].map((daemon) => ["host1", true, `ceph-${daemon} restarts`]),
    );
  });

  it("of an application shows that its pods roll, and where", () => {
    const [front] = judged("app-changed").restarts;
    expect(front).toMatchObject({ where: "shop", restarts: "2 pods, one after the other" });
  });

  it("that the engine itself refused fails, in few words", () => {
    const verdict = judged("database-removed");
    expect(verdictExitCode(verdict)).toBe(1);
    expect(verdict.errors).toHaveLength(3);
    expect(verdict.errors.join("\n")).toMatch(
      /^mongo-backup-claim is protected: it stays until pulumi state unprotect 'urn:/m,
    );
    expect(verdict.refused.map(({ name }) => name).sort()).toEqual([
      "mongo-admin-0",
      "mongo-backup-claim",
      "mongo-key",
      "mongo-servers",
    ]);
  });

  it("that gives Harbor other passwords loses nothing, and shows each part that restarts", () => {
    const verdict = judged("harbor-rotated");
    expect(verdictExitCode(verdict)).toBe(0);
    const parts = verdict.restarts.map(({ restarts }) => restarts);
    for (const part of ["database", "registry", "registryctl", "core", "jobservice", "exporter"])
      expect(parts).toContain(`harbor-${part} restarts`);
    expect(parts).not.toContain("harbor-redis restarts");
  });

  it("without Harbor is refused by the engine, as its key is protected", () => {
    const verdict = judged("harbor-removed");
    expect(verdictExitCode(verdict)).toBe(1);
    expect(verdict.errors.join("\n")).toMatch(
      /^harbor-secret-key is protected: it stays until pulumi state unprotect 'urn:/m,
    );
    expect(verdict.refused.map(({ name }) => name)).toContain("harbor-secret-key");
  });

  it("has nothing in it of the machine that recorded it", () => {
    for (const name of [
      ...["nothing", "osd-removed", "image-changed", "app-changed", "database-removed"],
      ...["harbor-rotated", "harbor-removed"],
    ])
      expect(readFileSync(planFile(name), "utf8")).not.toMatch(
        /sourcePosition|\/home\/|\/root\/|\/tmp\/|node_modules/,
      );
  });
});

describe("data", () => {
  it.each([
    ["docker:index/volume:Volume", "files"],
    ["kubernetes:core/v1:Namespace", "shop-namespace"],
    ["kubernetes:core/v1:PersistentVolume", "data"],
    ["kubernetes:core/v1:PersistentVolumeClaim", "data"],
    ["kubernetes:apps/v1:StatefulSet", "mongo"],
    ["random:index/randomPassword:RandomPassword", "anything"],
    ["tls:index/privateKey:PrivateKey", "authority"],
    ["command:remote:Command", "a-ceph-mon-a-store"],
  ])("%s is lost by a delete and by a replace, not by an update", (type, name) => {
    const refused = (operation: string) => judge(planOf([`${operation} ${type} ${name}`])).refused.length;
    expect(["delete", "replace", "delete-replaced", "discard"].map(refused)).toEqual([1, 1, 1, 1]);
    expect(["create", "update", "same", "read", "refresh"].map(refused)).toEqual([0, 0, 0, 0, 0]);
  });

  it("is not in what is made anew at any time, nor in a daemon's container", () => {
    const { refused } = judge(
      planOf(
        ["replace random:index/randomBytes:RandomBytes ceph-key-client-reader"],
        ["delete random:index/randomPassword:RandomPassword ceph-dashboard-password"],
        ["replace docker:index/container:Container ceph-osd-a-disk-container"],
        ["delete command:remote:Command a-ceph-osd-a-disk-back"],
        ["replace tls:index/locallySignedCert:LocallySignedCert logging-certificate"],
        ["replace tls:index/certRequest:CertRequest logging-request"],
      ),
    );
    expect(refused).toEqual([]);
  });

  it("counts once when a replacement is several steps", () => {
    const claim = "kubernetes:core/v1:PersistentVolumeClaim data";
    const { refused, counts } = judge(
      planOf(
        [`create-replacement ${claim}`, { replaceReasons: ["spec.storageClassName"] }],
        [`replace ${claim}`, { replaceReasons: ["spec.storageClassName"] }],
        [`delete-replaced ${claim}`],
      ),
    );
    expect(refused).toMatchObject([{ operation: "replace", why: ["spec.storageClassName"] }]);
    expect(counts).toEqual({ create: 0, update: 0, replace: 1, delete: 0 });
  });
});

describe("restarts", () => {
  const restartsOf = (line: string, step?: Partial<Step>) => {
    const { restarts, quiet } = judge(planOf([line, step]));
    return (restarts[0] ?? quiet[0])?.restarts;
  };
  const workload = (replicas: number, path: string): Partial<Step> => ({
    newState: { type: "kubernetes:apps/v1:Deployment", inputs: { spec: { replicas } } },
    detailedDiff: { [path]: {} },
  });

  it("are those of containers that are replaced, not of those whose memory changes", () => {
    const container = "docker:index/container:Container ceph-mon-a-container";
    expect(restartsOf(`replace ${container}`)).toBe("ceph-mon-a restarts");
    expect(restartsOf(`update ${container}`)).toBeUndefined();
    expect(restartsOf(`create ${container}`)).toBeUndefined();
    expect(restartsOf(`delete ${container}`)).toBe("ceph-mon-a ends");
  });

  it("are those of pods when their template changes", () => {
    const line = (operation: Operation) => `${operation} kubernetes:apps/v1:Deployment app`;
    expect(restartsOf(line("update"), workload(1, "spec.template.spec"))).toBe("1 pod, one after the other");
    expect(restartsOf(line("update"), workload(3, "spec.replicas"))).toBeUndefined();
    expect(restartsOf(line("replace"), workload(3, "spec.selector"))).toBe("3 pods, all at once");
    expect(restartsOf(line("delete"), workload(1, ""))).toBe("1 pod ends");
  });

  it("are those of services that a host's preparation restarts", () => {
    expect(restartsOf("update command:remote:Command a-prepare")).toMatch(/^Docker/);
    expect(restartsOf("update command:remote:Command a-kubernetes-endpoint")).toMatch(/^HAProxy/);
    expect(restartsOf("update command:remote:Command a-harbor-directories")).toMatch(
      /^what writes in Harbor/,
    );
    expect(restartsOf("update command:remote:Command a-ceph-pool-rbd")).toBeUndefined();
  });
});

describe("where and why", () => {
  it("is the host by the provider or by the name, and the namespace when it is known", () => {
    const changes = judge(
      planOf(
        ["update command:remote:Command a-2-prepare"],
        ["update command:remote:Command a-ceph-quorum"],
        [
          "update random:index/randomId:RandomId b",
          { provider: "urn:pulumi:prod::f::pulumi:providers:random::default::ID" },
        ],
        [
          "update docker:index/container:Container c",
          { provider: "urn:pulumi:prod::f::farmstack:hosts:Host$pulumi:providers:docker::a-docker::ID" },
        ],
        [
          "update kubernetes:core/v1:ConfigMap m",
          {
            newState: {
              type: "kubernetes:core/v1:ConfigMap",
              inputs: { metadata: { namespace: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" } },
            },
          },
        ],
      ),
    );
    expect([...changes.restarts, ...changes.quiet].map(({ where }) => where).sort()).toEqual(
      ["a-2", "a", "stack", "a", "cluster"].sort(),
    );
  });

  it("is short", () => {
    const detailedDiff = Object.fromEntries(["e", "d", "c", "b", "a"].map((path) => [path, {}]));
    const text = renderVerdict(
      judge(planOf(["replace docker:index/container:Container x", { detailedDiff }])),
    );
    expect(text).toContain("a, b, c, … 2 more");
  });
});

describe("as a comment", () => {
  it("begins with the marker of its stack, and names what goes", () => {
    const text = renderMarkdown(judged("osd-removed"));
    expect(text.split("\n").slice(0, 2)).toEqual([
      "<!-- farmstack-gate prod -->",
      "### 🛑 `prod`: data is lost: 3 resources that hold data would be deleted or replaced",
    ]);
    expect(text).toContain(
      "| delete Command `host1-ceph-osd-host1-ata-B-store` | host1 | no longer declared | loses an OSD's store",
    );
    expect(text).toContain("<details><summary>3 without a restart</summary>");
  });

  it("is not broken by what names hold, and not too long", () => {
    const one = renderMarkdown(judge(planOf(["delete kubernetes:core/v1:Namespace x|`<b>`"])));
    expect(one).toContain("`x\\|\\`\\<b\\>\\``");
    const lines = Array.from({ length: 3000 }, (_, index): [string] => [
      `update x:y:Z ${"n".repeat(60)}${index}`,
    ]);
    const many = renderMarkdown(judge(planOf(...lines)));
    expect(many.length).toBeLessThan(65_536);
    expect(many).toContain("| … 2900 more | | | |");
  });
});

describe("what is no plan", () => {
  it.each([
    ["", "it is no JSON"],
    ["[]", "it is no plan"],
    ['{"steps": [{"op": "same"}]}', "it is no plan (steps.0.urn"],
    ["{}", "it has no steps and no error"],
  ])("%j is refused", (text, message) => {
    expect(() => readPlan(text)).toThrow(message);
    expect(() => readPlan(text)).toThrow("pulumi preview --stack NAME --json");
  });

  it("is told from a preview that failed before its first step", () => {
    const text =
      '{"diagnostics": [{"severity": "error", "message": "<{%fg 1%}>error: no such stack<{%reset%}>\\n"}]}';
    const verdict = judge(readPlan(text));
    expect(verdict.errors).toEqual(["no such stack"]);
    expect(verdictExitCode(verdict)).toBe(1);
  });
});

describe("npm run gate", { timeout: 120_000 }, () => {
  const gate = (args: string[], input?: string) => runProgram("tools/gate.ts", args, { input });

  it("ends with 2 on a plan that deletes an OSD's store, and with 0 when that is allowed", async () => {
    const file = planFile("osd-removed");
    const refused = await gate([file, "--json"]);
    expect(refused.code).toBe(2);
    const { refused: changes } = JSON.parse(refused.stdout) as { refused: { name: string }[] };
    const allowed = await gate([file, "--markdown", "--allow", ...changes.map(({ name }) => name)]);
    expect(allowed.code).toBe(0);
    expect(allowed.stdout).toContain("(allowed)");
  });

  it("reads standard input, and says when that is no plan", async () => {
    const { code, stderr } = await gate(["-"], "{}");
    expect(code).toBe(1);
    expect(stderr).toContain("-: it has no steps and no error");
  });

  it("has help", async () => {
    const { code, stdout } = await gate(["--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain("2 data goes");
  });
});
