import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { stringify } from "yaml";
import { backup, listBackups, renderBackups, restore } from "../../../tools/mongodb/backups";
import { renderGeneration, renderSetting, retire, rotate } from "../../../tools/mongodb/generations";
import { exitCodeOf } from "../../../tools/outcome";
import { parseStack, type Stack } from "../../../tools/stack";
import { exampleHostKey } from "../config/samples";
import { command, startCommand } from "./command-process";

let folder: string;
const at = (name: string) => join(folder, name);
const text = (name: string) => (existsSync(at(name)) ? readFileSync(at(name), "utf8") : "");

const cronJob = {
  metadata: { name: "mongo-backup", namespace: "shop" },
  spec: {
    jobTemplate: {
      spec: {
        backoffLimit: 2,
        template: {
          metadata: { labels: { part: "backup" } },
          spec: { containers: [{ name: "backup", image: "mongo:8", args: ["backup"] }], volumes: [] },
        },
      },
    },
  },
};

/** kubectl of a cluster in which a Job is done at the second look. */
const kubectl = `#!/bin/sh
echo "$*" >>"$WORLD/asked"
case $* in
*"get cronjob"*) [ -e "$WORLD/cronjob" ] || { echo 'Error from server (NotFound): cronjobs "mongo-backup" not found' >&2; exit 1; }; cat "$WORLD/cronjob" ;;
*create*) cat >"$WORLD/job" ;;
*"get job"*) if [ -e "$WORLD/looked" ]; then echo '{"status":{"conditions":[{"type":"'$(cat "$WORLD/end")'","status":"True"}]}}'; else touch "$WORLD/looked"; echo '{}'; fi ;;
*logs*) cat "$WORLD/log" ;;
esac
`;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "farmstack-mongodb-"));
  mkdirSync(at("bin"));
  const program = (name: string, script: string) => writeFileSync(at(`bin/${name}`), script, { mode: 0o755 });
  program("kubectl", kubectl);
  program(
    "ssh",
    '#!/bin/sh\necho "$*" >>"$WORLD/ssh"\n[ ! -e "$WORLD/down" ] || { rm "$WORLD/down"; exit 255; }\nexec sh -s\n',
  );
  vi.stubEnv("WORLD", folder);
  vi.stubEnv("PATH", `${at("bin")}${delimiter}${process.env.PATH}`);
  writeFileSync(at("cronjob"), JSON.stringify(cronJob));
  writeFileSync(at("end"), "Complete");
  writeFileSync(at("log"), "");
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** A stack with a database, on a cluster that was there before or on hosts. */
function stack(database: object = { backup: { sizeGiB: 2 } }, onHosts = false): Stack {
  const names = ["host1", "host2", "host3"];
  const file = at("Pulumi.test.yaml");
  const storage = { kind: "csi", filesystem: "cephfs", client: "kubernetes" };
  const config = {
    "farmstack:hosts": names.map((name, index) => ({
      name,
      address: `192.0.2.1${index + 1}`,
      hostKey: exampleHostKey(index + 1),
    })),
    "farmstack:ceph": {
      publicNetwork: "192.0.2.0/24",
      monitors: ["host1"],
      managers: ["host1"],
      metadataServers: ["host1"],
      filesystems: ["cephfs"],
      clients: [{ name: "kubernetes", filesystem: "cephfs", kubernetes: true }],
    },
    "farmstack:kubernetes": onHosts
      ? { version: "1.34.1", controlPlane: names, storage }
      : { kubeconfigFile: "/etc/farm/kubeconfig", storage },
    "farmstack:namespaces": [{ name: "shop", environment: "TEST" }],
    "farmstack:databases": [{ name: "mongo", namespace: "shop", members: 1, sizeGiB: 1, ...database }],
  };
  writeFileSync(file, stringify({ config }));
  return { name: "test", file, settings: parseStack(readFileSync(file, "utf8"), "test") };
}

const quick = { pause: 1 };
const job = () =>
  JSON.parse(text("job")) as { metadata: { name: string }; spec: typeof cronJob.spec.jobTemplate.spec };
const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined as never,
    (error: Error) => error,
  );

describe("backups", () => {
  it("are listed by a Job like the CronJob's, newest first", async () => {
    writeFileSync(
      at("log"),
      "1048576 app-20261101T020000Z.archive.gz\n2097152 before-restore-20261102T020000Z.archive.gz\nx\n",
    );
    const list = await listBackups(stack(), "mongo", quick);
    expect(renderBackups(list)).toBe(
      "backup                                      time                  size\n" +
        "before-restore-20261102T020000Z.archive.gz  2026-11-02T02:00:00Z  2.0 MiB\n" +
        "app-20261101T020000Z.archive.gz             2026-11-01T02:00:00Z  1.0 MiB",
    );
    expect(job().metadata.name).toMatch(/^mongo-backup-list-\d{8}t\d{6}z$/);
    expect(job().spec.template.spec.containers).toEqual([
      { name: "backup", image: "mongo:8", args: ["list"] },
    ]);
    expect(job().spec).toMatchObject({
      backoffLimit: 0,
      template: { metadata: { labels: { part: "backup" } } },
    });
    const asked = text("asked").trim().split("\n");
    expect(asked[0]).toBe(
      "--kubeconfig /etc/farm/kubeconfig --namespace shop get cronjob mongo-backup --output json",
    );
    expect(asked.at(-1)).toContain("delete job mongo-backup-list-");
  });

  it("are made through the first control plane that can be reached", async () => {
    writeFileSync(
      at("log"),
      "writing app.x\nsaved app-20261101T020000Z.archive.gz\nremoved old.archive.gz\n",
    );
    writeFileSync(at("down"), "");
    const { done } = await backup(stack({ backup: { sizeGiB: 2 } }, true), "mongo", quick);
    expect(done).toEqual(["saved app-20261101T020000Z.archive.gz", "removed old.archive.gz"]);
    expect(
      text("ssh")
        .split("\n")
        .slice(0, 2)
        .map((line) => /192\.0\.2\.\d+/.exec(line)?.[0]),
    ).toEqual(["192.0.2.11", "192.0.2.12"]);
    expect(text("asked")).toContain("--kubeconfig /etc/kubernetes/admin.conf");
    expect(job().spec.template.spec.containers[0]?.args).toEqual(["backup"]);
  });

  it("are restored after the name of the stack was typed", async () => {
    writeFileSync(at("log"), "saved before-restore-x.archive.gz\nrestored app-1.archive.gz\n");
    const start = (options: object) =>
      restore(stack(), "mongo", {
        backup: "app-1.archive.gz",
        yes: false,
        ask: undefined,
        ...quick,
        ...options,
      });
    for (const [options, reason] of [
      [{}, "no terminal to ask on"],
      [{ ask: () => Promise.resolve("yes") }, "that is not its name"],
      [{ backup: "$(reboot)" }, "is no name of a backup"],
    ] as const) {
      const error = await failure(start(options));
      expect(error.message).toContain(reason);
      expect(exitCodeOf(error)).toBe(2);
    }
    expect(text("asked")).toBe("");
    expect((await start({ ask: () => Promise.resolve("test") })).done).toHaveLength(2);
    expect(job().spec.template.spec.containers[0]?.args).toEqual(["restore", "app-1.archive.gz"]);
  });

  it("say what failed, and leave the Job to look at", async () => {
    writeFileSync(at("end"), "Failed");
    writeFileSync(at("log"), "there is no x.archive.gz\n");
    const error = await failure(backup(stack(), "mongo", quick));
    expect(error.message).toMatch(
      /^there is no x\.archive\.gz\nThe Job mongo-backup-backup-\S+ failed\. See: kubectl/,
    );
    expect(exitCodeOf(error)).toBe(1);
    expect(text("asked")).not.toContain("delete");
  });

  it("go on without the command", async () => {
    const error = await failure(backup(stack(), "mongo", { ...quick, signal: AbortSignal.abort() }));
    expect(exitCodeOf(error)).toBe(130);
    expect(error.message).toContain("kubectl --namespace shop logs --follow job/mongo-backup-backup-");
  });

  it("are refused where there are none", async () => {
    for (const [its, name, reason] of [
      [{}, "mongo", "its setting `backup` is not set"],
      [{ backup: { sizeGiB: 1 } }, "mongoo", "databases has no mongoo; did you mean mongo?"],
      [{ backup: { sizeGiB: 1 } }, "mongo", "has no backups yet: run pulumi up --stack test"],
    ] as const) {
      rmSync(at("cronjob"), { force: true });
      const error = await failure(listBackups(stack(its), name, quick));
      expect(error.message).toContain(reason);
      expect(exitCodeOf(error)).toBe(2);
    }
  });
});

describe("generations of users", () => {
  const reread = (opened: Stack): Stack => ({
    ...opened,
    settings: parseStack(readFileSync(opened.file, "utf8"), "test"),
  });

  it("are raised and retired in the stack's file", async () => {
    const opened = stack();
    const raised = await rotate(opened, "mongo");
    expect(raised).toMatchObject({ setting: "rotation", value: 1 });
    expect(renderGeneration(raised)).toContain("gives applications the Secret mongo-client-1.");
    const retired = await retire(reread(opened), "mongo");
    expect(retired).toMatchObject({ setting: "retired", value: 0 });
    expect(renderGeneration(retired)).toContain("up to generation 0 are retired");
    expect(reread(opened).settings.databases[0]).toMatchObject({ rotation: 1, retired: 0 });
    const error = await failure(retire(reread(opened), "mongo"));
    expect(error.message).toContain("mongo has no users but those of generation 1");
    expect(exitCodeOf(error)).toBe(2);
  });

  it("keep every other line, or are left to the operator", () => {
    const file = (databases: string) =>
      readFileSync(stack().file, "utf8").replace(
        / {2}farmstack:databases:[^]*$/,
        `  farmstack:databases:${databases}\n`,
      );
    const flow = file(" [{ name: mongo, namespace: shop, members: 1, sizeGiB: 1 }] # ours");
    expect(renderSetting(flow, "mongo", "rotation", 1)).toBe(
      flow.replace("name: mongo", "name: mongo, rotation: 1"),
    );
    expect(() => renderSetting(flow, "other", "rotation", 1)).toThrow(
      "set it by hand in databases, other: rotation: 1",
    );
  });
});

describe("as they are typed", { timeout: 600_000 }, () => {
  it("do what docs/mongodb.md says of a backup, a restore and a rotation", async () => {
    const { file } = stack(undefined, true);
    const mongodb = (...args: string[]) => command("mongodb", "--config-file", file, ...args);
    writeFileSync(at("looked"), ""); // done at the first look
    const fresh = (log: string) => writeFileSync(at("log"), log);

    fresh("1048576 app-20261101T020000Z.archive.gz\n");
    const listed = await mongodb("backups", "mongo", "--json");
    expect(listed.code, listed.stderr).toBe(0);
    expect(JSON.parse(listed.stdout)).toEqual({
      stack: "test",
      database: "mongo",
      backups: [{ name: "app-20261101T020000Z.archive.gz", bytes: 2 ** 20, time: "2026-11-01T02:00:00Z" }],
    });

    fresh("saved app-20261102T020000Z.archive.gz\n");
    const made = await mongodb("backup", "mongo");
    expect(made.code, made.stderr).toBe(0);
    expect(made.stdout).toBe("saved app-20261102T020000Z.archive.gz\n");
    expect(job().spec.template.spec.containers[0]?.args).toEqual(["backup"]);

    rmSync(at("job"));
    fresh("saved before-restore-x.archive.gz\nrestored app-20261102T020000Z.archive.gz\n");
    const unasked = await mongodb("restore", "mongo", "app-20261102T020000Z.archive.gz");
    expect([unasked.code, unasked.stdout]).toEqual([2, ""]);
    expect(unasked.stderr).toContain("--yes was not given. Nothing was changed.");
    expect(existsSync(at("job"))).toBe(false);
    const restored = await mongodb("restore", "mongo", "app-20261102T020000Z.archive.gz", "--yes");
    expect(restored.code, restored.stderr).toBe(0);
    expect(restored.stdout).toBe(text("log"));
    expect(job().spec.template.spec.containers[0]?.args).toEqual([
      "restore",
      "app-20261102T020000Z.archive.gz",
    ]);

    for (const [word, set] of [
      ["rotate", { setting: "rotation", value: 1 }],
      ["retire", { setting: "retired", value: 0 }],
    ] as const) {
      const { code, stdout, stderr } = await mongodb(word, "mongo", "--json");
      expect(code, stderr).toBe(0);
      expect(JSON.parse(stdout)).toEqual({ stack: "test", database: "mongo", file, ...set });
    }
    expect(readFileSync(file, "utf8")).toMatch(/name: mongo\n +retired: 0\n +rotation: 1\n/);
    const none = await mongodb("retire", "mongo");
    expect([none.code, none.stdout]).toEqual([2, ""]);
    expect(none.stderr).toBe("mongo has no users but those of generation 1; nothing was changed\n");
  });

  it("name a Job that failed, and leave it", async () => {
    writeFileSync(at("end"), "Failed");
    writeFileSync(at("log"), "there is no room\n");
    const { code, stdout, stderr } = await command(
      "mongodb",
      "--config-file",
      stack().file,
      "backup",
      "mongo",
    );
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/there is no room\nThe Job mongo-backup-backup-\S+ failed\. See: kubectl /);
    expect(text("asked")).not.toContain("delete");
  });

  it("leave the Job at work at Ctrl-C, and say where it is", async () => {
    writeFileSync(at("end"), "Running");
    const running = startCommand("mongodb", "--config-file", stack().file, "backup", "mongo");
    await vi.waitFor(() => expect(existsSync(at("looked"))).toBe(true), 100_000);
    running.process.kill("SIGINT");
    const { code, stderr } = await running.ended;
    expect(code, stderr).toBe(130);
    expect(stderr).toContain(
      `the Job goes on without you: kubectl --namespace shop logs --follow job/${job().metadata.name}`,
    );
    expect(text("asked")).not.toContain("delete");
  });
});
