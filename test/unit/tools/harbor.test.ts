import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { stringify } from "yaml";
import { validate } from "../../../config";
import { backup, renderBackup } from "../../../tools/harbor/backup";
import { renderRestore, restore } from "../../../tools/harbor/restore";
import { renderRotate, rotate } from "../../../tools/harbor/rotate";
import { readStatus, renderStatus, statusExitCode } from "../../../tools/harbor/status";
import { type Stack } from "../../../tools/stack";
import { exampleHostKey } from "../config/samples";
import { command, startCommand } from "./command-process";

// `ssh` runs the scripts here; `docker` knows containers by files, and the database by one file with what is in it.
const ssh = `#!/bin/sh
while [ "$1" != "--" ]; do shift; done
shift
exec sh -c "exec $*"
`;
const docker = `#!/bin/sh
echo "$*" >>"$WORLD/calls"
case "$*" in
*pg_dump*) [ ! -e "$WORLD/slow" ] || { touch "$WORLD/dumping"; exec sleep 30 >/dev/null 2>&1; }; [ ! -e "$WORLD/no-dump" ] || { echo "pg_dump: error: no" >&2; exit 1; }; cat "$WORLD/database" ;;
*pg_restore*) cat >"$WORLD/restored" ;;
*RENAME*) mv "$WORLD/restored" "$WORLD/database" ;;
*"cat /etc/core/key"*) cat "$WORLD/key" ;;
*/api/v2.0/health*) cat "$WORLD/health" ;;
"ps --all"*) for name in core proxy; do echo "container harbor-$name $(cat "$WORLD/container-$name")"; done ;;
inspect*) echo healthy ;;
esac
`;

describe("the commands of Harbor", () => {
  let folder: string;
  let data: string;
  let stack: Stack;
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const calls = () => readFileSync(join(folder, "calls"), "utf8");

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "farmstack-harbor-"));
    data = join(folder, "data");
    mkdirSync(join(folder, "bin"));
    for (const [name, script] of Object.entries({ ssh, docker, sync: "#!/bin/sh\n" })) {
      write(`bin/${name}`, script);
      chmodSync(join(folder, "bin", name), 0o755);
    }
    vi.stubEnv("WORLD", folder);
    vi.stubEnv("PATH", `${join(folder, "bin")}${delimiter}${process.env.PATH}`);
    write("calls", "");
    write("database", "DATABASE");
    write("key", "0123456789abcdef");
    write("health", '{"status":"healthy","components":[{"name":"core","status":"healthy"}]}');
    write("container-core", "Up 2 days (healthy)");
    write("container-proxy", "Up 2 days (healthy)");
    mkdirSync(join(data, "harbor", "registry", "blobs"), { recursive: true });
    writeFileSync(join(data, "harbor", "version"), "2.14.4\n");
    writeFileSync(join(data, "harbor", "registry", "blobs", "one"), "layer");
    stack = stackWith({});
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  function stackWith(harbor: object): Stack {
    const raw = {
      hosts: [{ name: "host1", address: "192.0.2.11", hostKey: exampleHostKey(1) }],
      ceph: { publicNetwork: "192.0.2.0/24", monitors: ["host1"], managers: ["host1"] },
      harbor: {
        host: "host1",
        hostname: "registry.example.com",
        version: "2.14.4",
        projects: [{ name: "shop" }],
        robots: [{ name: "jenkins", projects: ["shop"] }],
        ...harbor,
      },
      dataDirectory: data,
    };
    const file = join(folder, "Pulumi.test.yaml");
    const config = Object.fromEntries(Object.entries(raw).map(([key, value]) => [`farmstack:${key}`, value]));
    writeFileSync(file, stringify({ config }));
    return { name: "test", file, settings: validate(raw, "test") };
  }
  const saved = (name = "saved") => backup(stack, { directory: join(folder, name), databaseSaved: false });

  it("status: what is there, what it says, and when it was saved", async () => {
    const report = await readStatus(stack);
    expect(report).toMatchObject({ version: "2.14.4", health: "healthy", unhealthy: [], saved: undefined });
    expect(statusExitCode(report)).toBe(0);
    await saved();
    write("health", '{"status":"unhealthy","components":[{"name":"jobservice","status":"unhealthy"}]}');
    write("container-core", "Up 2 minutes (unhealthy)");
    stack = stackWith({ version: "2.15.4" });
    const later = await readStatus(stack);
    expect(statusExitCode(later)).toBe(2);
    expect(renderStatus(later)).toMatch(
      /^Harbor 2\.14\.4, 2\.15\.4 in the stack's file on host1: unhealthy \(jobservice\)\nsaved: \d{4}-.*Z, version 2\.14\.4\ncontainer +state\nharbor-core +Up 2 minutes \(unhealthy\)/,
    );
    write("health", "curl: (7) no");
    expect((await readStatus(stack)).health).toBe("curl: (7) no");
  });

  it("backup: the database, the key and the list of layers, for the owner alone, and the mark for an upgrade", async () => {
    const result = await saved();
    const directory = join(folder, "saved");
    expect(readdirSync(directory).sort()).toEqual([
      "database.dump",
      "layers.txt",
      "manifest.json",
      "secret-key",
    ]);
    for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).mode & 0o077).toBe(0);
    expect(readFileSync(join(directory, "database.dump"), "utf8")).toBe("DATABASE");
    expect(readFileSync(join(directory, "layers.txt"), "utf8")).toBe("5 blobs/one\n");
    expect(readFileSync(join(data, "harbor", "saved"), "utf8")).toBe("2.14.4\n");
    expect(renderBackup(result)).toContain("An upgrade from 2.14.4 may begin within 24 hours.");
    expect(renderBackup(result)).not.toContain("0123456789abcdef");
    await expect(saved()).rejects.toThrow("is there already; a backup is never overwritten");
  });

  it("backup: leaves nothing, and no mark, when a step fails", async () => {
    write("no-dump", "");
    await expect(saved()).rejects.toThrow("host1: pg_dump: error: no");
    expect(existsSync(join(folder, "saved.partial"))).toBe(false);
    expect(existsSync(join(data, "harbor", "saved"))).toBe(false);
  });

  it("backup: a database of somebody else's is saved by them", async () => {
    const database = { host: "db.example.com", name: "h", user: "h", passwordFile: "/x" };
    stack = stackWith({ database });
    await expect(saved()).rejects.toThrow(
      "save it by its own means, then run this again with --database-saved",
    );
    const result = await backup(stack, { directory: join(folder, "saved"), databaseSaved: true });
    expect(Object.keys(result.manifest.files).sort()).toEqual(["layers.txt", "secret-key"]);
    expect(calls()).not.toContain("pg_dump");
  });

  const restoring = (options: object = {}) =>
    restore(stack, {
      directory: join(folder, "saved"),
      otherKey: false,
      yes: true,
      ask: undefined,
      ...options,
    });

  it("restore: the saved database in the place of the present one, which is kept", async () => {
    await saved();
    write("database", "LATER");
    rmSync(join(data, "harbor", "registry", "blobs", "one"));
    write("calls", "");
    const result = await restoring();
    expect(readFileSync(join(folder, "database"), "utf8")).toBe("DATABASE");
    expect(readFileSync(result.before, "utf8")).toBe("LATER");
    expect(statSync(result.before).mode & 0o077).toBe(0);
    const done = calls();
    const at = (text: string) => done.indexOf(text);
    expect(at("stop --time 60 harbor-proxy harbor-jobservice harbor-core")).toBeGreaterThan(at("pg_dump"));
    expect(at("pg_restore")).toBeGreaterThan(at("stop --time"));
    expect(at("DROP DATABASE registry WITH")).toBeGreaterThan(at("pg_restore"));
    expect(at("start harbor-core")).toBeGreaterThan(at("RENAME"));
    expect(at("start harbor-proxy")).toBeGreaterThan(at("start harbor-core"));
    expect(renderRestore(result)).toContain(
      "1 layers of then are not there, such as 5 blobs/one: copy them back.",
    );
  });

  it("restore: refuses before anything is changed", async () => {
    await saved();
    write("calls", "");
    await expect(restoring({ yes: false })).rejects.toThrow("--yes was not given. Nothing was changed.");
    await expect(restoring({ yes: false, ask: () => Promise.resolve("prod") })).rejects.toThrow(
      "that is not its name",
    );
    write("key", "another-key-here");
    await expect(restoring()).rejects.toThrow("Harbor has another key than the backup");
    write("key", "0123456789abcdef");
    writeFileSync(join(data, "harbor", "version"), "2.15.4\n");
    await expect(restoring()).rejects.toThrow("is of Harbor 2.14.4, and host1 has 2.15.4");
    writeFileSync(join(data, "harbor", "version"), "2.14.4\n");
    stack = { ...stack, name: "other" };
    await expect(restoring()).rejects.toThrow("is a backup of stack test, not of other");
    stack = { ...stack, name: "test" };
    writeFileSync(join(folder, "saved", "database.dump"), "CHANGED");
    await expect(restoring()).rejects.toThrow("database.dump is not what the backup wrote");
    expect(calls()).not.toMatch(/stop|DROP/);
  });

  it("rotate: raises a number in the stack's file, and nothing else", async () => {
    const before = readFileSync(stack.file, "utf8");
    const result = await rotate(stack);
    expect(readFileSync(stack.file, "utf8")).toBe(
      before.replace("hostname: registry.example.com\n", "hostname: registry.example.com\n    rotation: 1\n"),
    );
    expect(renderRotate(result)).toContain(
      "pulumi stack output harborAdminPassword --show-secrets --stack test",
    );
    const robot = await rotate(stack, "jenkins");
    expect(robot.rotation).toBe(1);
    expect(readFileSync(stack.file, "utf8")).toMatch(/name: jenkins\n +rotation: 1\n/);
    await expect(rotate(stack, "jenkin")).rejects.toThrow(
      "harbor.robots has no jenkin; did you mean jenkins?",
    );
  });

  it("refuse a stack without Harbor, and one that was never made", async () => {
    rmSync(join(data, "harbor", "version"));
    await expect(readStatus(stack)).rejects.toThrow("host1 has no Harbor yet: run pulumi up --stack test");
    stack.settings.harbor.host = undefined;
    await expect(readStatus(stack)).rejects.toThrow("stack test has no Harbor: harbor.host is not set");
  });

  describe("as they are typed", { timeout: 600_000 }, () => {
    /** `npm run harbor -- …` on this stack. */
    const harbor = (...args: string[]) => command("harbor", "--config-file", stack.file, ...args);

    it("do what docs/harbor.md says of a backup, a restore and a rotation", async () => {
      const there = join(folder, "backups", "today");
      const well = await harbor("status");
      expect(well.code, well.stderr).toBe(0);
      expect(well.stdout).toMatch(/^Harbor 2\.14\.4 on host1: healthy\nsaved: never\ncontainer /);

      const made = await harbor("backup", there);
      expect(made.code, made.stderr).toBe(0);
      expect(made.stdout).toContain("An upgrade from 2.14.4 may begin within 24 hours.");
      expect(made.stdout).not.toContain("0123456789abcdef");
      const again = await harbor("backup", there, "--json");
      expect([again.code, again.stdout]).toEqual([2, ""]);
      expect(again.stderr).toBe(
        `${there} is there already; a backup is never overwritten: name another directory\n`,
      );

      write("database", "LATER");
      const unasked = await harbor("restore", there);
      expect([unasked.code, unasked.stdout]).toEqual([2, ""]);
      expect(unasked.stderr).toContain("--yes was not given. Nothing was changed.");
      expect(readFileSync(join(folder, "database"), "utf8")).toBe("LATER");
      const restored = await harbor("restore", there, "--yes", "--json");
      expect(restored.code, restored.stderr).toBe(0);
      const { before, missingLayers } = JSON.parse(restored.stdout) as Awaited<ReturnType<typeof restore>>;
      expect(readFileSync(join(folder, "database"), "utf8")).toBe("DATABASE");
      expect(readFileSync(before, "utf8")).toBe("LATER");
      expect(missingLayers).toEqual([]);

      for (const [args, rotation] of [
        [[], { rotation: 1 }],
        [["jenkins"], { robot: "jenkins", rotation: 1 }],
      ] as const) {
        const { code, stdout, stderr } = await harbor("rotate", ...args, "--json");
        expect(code, stderr).toBe(0);
        expect(JSON.parse(stdout)).toEqual({ stack: "test", file: stack.file, ...rotation });
      }
      expect(readFileSync(stack.file, "utf8")).toMatch(/rotation: 1\n[^]*name: jenkins\n +rotation: 1\n/);
      write("health", '{"status":"unhealthy","components":[{"name":"core","status":"unhealthy"}]}');
      const ill = await harbor("status", "--json");
      expect(ill.code, ill.stderr).toBe(2);
      expect(JSON.parse(ill.stdout)).toMatchObject({ health: "unhealthy", saved: { version: "2.14.4" } });
    });

    it("name a host that does not answer, and what to type", async () => {
      write("bin/ssh", "#!/bin/sh\necho 'No route to host' >&2\nexit 255\n");
      const { code, stdout, stderr } = await harbor("status", "--json");
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toContain(
        "host1 (192.0.2.11) can't be reached by ssh: No route to host. Try: ssh root@192.0.2.11 true\n",
      );
    });

    it("keep nothing of a backup that Ctrl-C ends", async () => {
      write("slow", "");
      const running = startCommand(
        "harbor",
        "--config-file",
        stack.file,
        "backup",
        join(folder, "backups", "a"),
      );
      await vi.waitFor(() => expect(existsSync(join(folder, "dumping"))).toBe(true), 100_000);
      running.process.kill("SIGINT");
      const { code, stderr } = await running.ended;
      expect([code, stderr.trim().split("\n").at(-1)]).toEqual([
        130,
        "the backup was ended; nothing was kept",
      ]);
      expect(readdirSync(join(folder, "backups"))).toEqual([]);
      expect(existsSync(join(data, "harbor", "saved"))).toBe(false);
    });
  });
});
