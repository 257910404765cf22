import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { backup, backupExitCode, renderBackup } from "../../../tools/ceph/backup";
import { type Manifest } from "../../../tools/ceph/manifest";
import { Cluster } from "../../../tools/ceph/cluster";
import { waitForQuorum } from "../../../tools/ceph/monitor-copy";
import { hostsOf } from "../../../tools/stack";
import { exitCodeOf } from "../../../tools/outcome";
import { programArguments } from "../../program";
import { answers, fsid, World } from "./world";

const pulumi = `#!/bin/sh
echo "pulumi $*" >>"$WORLD/calls"
while [ "$1" != --file ]; do shift; done
echo '{"version":3}' >"$2"
`;
/** While the file `slow` is there, an archive takes long. */
const slowTar = `#!/bin/sh
if [ -e "$WORLD/slow" ]; then touch "$WORLD/tar-runs"; sleep 30; fi
exec /bin/tar "$@"
`;

describe("backup", () => {
  let world: World;
  let directory: string;
  beforeEach(() => {
    world = new World();
    world.executable("pulumi", pulumi);
    world.executable("tar", slowTar);
    directory = join(world.folder, "backups", "today");
  });
  afterEach(() => world.remove());

  const start = (options: Partial<Parameters<typeof backup>[1]> = {}, stack = world.stack()) =>
    backup(stack, { directory, allowInterruption: false, ...options });
  const monitorCalls = () =>
    world.calls
      .filter((call) => / (stop|start) /.test(call))
      .map((call) => call.replace(/^192.0.2.1/, "host").replace("ceph-mon-", ""));
  const nothingKept = () => expect(readdirSync(join(world.folder, "backups"))).toEqual([]);
  const refused = async (work: Promise<unknown>, reason: string) => {
    const error = await work.catch((caught: Error) => caught);
    expect(exitCodeOf(error)).toBe(2);
    expect((error as Error).message).toContain(reason);
  };

  it("saves state, file and the store of a monitor that can be spared", async () => {
    const result = await start();
    expect(backupExitCode(result)).toBe(0);
    expect(renderBackup(result)).toContain("keys in clear");
    expect(readdirSync(directory).sort()).toEqual([
      "manifest.json",
      "monitor-store.tar.gz",
      "stack.yaml",
      "state.json",
    ]);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const file of readdirSync(directory))
      expect(statSync(join(directory, file)).mode & 0o777).toBe(0o600);

    const manifest = JSON.parse(readFileSync(join(directory, "manifest.json"), "utf8")) as Manifest;
    const { uid, gid } = statSync(join(world.data, "ceph/mon-host2"));
    expect(manifest).toMatchObject({
      format: 1,
      stack: "test",
      fsid,
      monitor: "host2",
      monitors: ["host1", "host2", "host3"],
      epochs: { monmap: 1, osdmap: 40 },
      owner: `${uid}:${gid}`,
    });
    const sum = execFileSync("sha256sum", [join(directory, "monitor-store.tar.gz")], { encoding: "utf8" });
    expect(manifest.files["monitor-store.tar.gz"]?.sha256).toBe(sum.split(" ")[0]);
    expect(
      execFileSync("tar", ["-xzOf", join(directory, "monitor-store.tar.gz"), "./store.db/CURRENT"], {
        encoding: "utf8",
      }),
    ).toBe("store of 2");
    expect(monitorCalls()).toEqual(["host2 stop host2", "host2 start host2", "host2 start host2"]);
    expect(world.calls).toContain(`pulumi stack export --stack test --file ${directory}.partial/state.json`);
  });

  it("takes another monitor when the first can't be spared, here by sudo", async () => {
    world.fail("mon ok-to-stop host2", "Error EBUSY: not enough monitors would be available");
    expect((await start()).manifest.monitor).toBe("host3");
    expect(monitorCalls()[0]).toBe("host3 stop host3");
  });

  it("stops none when none can be spared", async () => {
    for (const host of ["host2", "host3"])
      world.fail(`mon ok-to-stop ${host}`, "Error EBUSY: not enough monitors");
    await refused(
      start(),
      "no monitor can be stopped now for a copy of its store: host2: not enough monitors; host3:",
    );
    expect(monitorCalls()).toEqual([]);
    nothingKept();
  });

  it("stops the only monitor only when that is allowed", async () => {
    world.answer("quorum_status", {
      quorum_names: ["host1"],
      quorum_leader_name: "host1",
      monmap: { epoch: 1, mons: [{ name: "host1" }] },
    });
    const one = world.stack({ monitors: ["host1"] });
    await refused(start({}, one), "Add --allow-interruption");
    expect(monitorCalls()).toEqual([]);
    expect((await start({ allowInterruption: true }, one)).manifest.monitor).toBe("host1");
  });

  it("says how to add the state when there is no Pulumi", async () => {
    const result = await start({ pulumi: "no-such-pulumi --flag" });
    expect(backupExitCode(result)).toBe(3);
    expect(renderBackup(result)).toContain(
      "no-such-pulumi --flag stack export --stack test --file state.json",
    );
    expect(readdirSync(directory)).not.toContain("state.json");
  });

  it("ends before a monitor is stopped when Pulumi fails", async () => {
    world.executable("pulumi", "#!/bin/sh\necho 'error: no stack named test' >&2\nexit 255\n");
    await expect(start()).rejects.toThrow("no stack named test");
    expect(existsSync(join(world.folder, "calls"))).toBe(false);
    nothingKept();
  });

  it("overwrites nothing", async () => {
    mkdirSync(directory, { recursive: true });
    await refused(start(), "is there already; a backup is never overwritten");
    directory = `${directory}2`;
    mkdirSync(`${directory}.partial`);
    await refused(start(), "another backup is at work, or one was cut");
    expect(existsSync(`${directory}.partial`)).toBe(true);
  });

  it("starts the monitor again when its store can't be read", async () => {
    world.executable("tar", "#!/bin/sh\nhead -c 100000 /dev/urandom\nexit 2\n");
    await expect(start()).rejects.toThrow("no whole archive of");
    expect(monitorCalls().slice(0, 2)).toEqual(["host2 stop host2", "host2 start host2"]);
    expect(world.state("ceph-mon-host2")).toBe("running");
    nothingKept();
  });

  it("starts the monitor again from its host when the connection is cut", async () => {
    world.store("ceph/mon-host2", { "store.db/000001.sst": randomBytes(1_000_000) });
    world.write("cut/192.0.2.12", "");
    const error = await start().catch((caught: Error) => caught);
    expect((error as Error).message).toContain("host2 (192.0.2.12) can't be reached");
    expect((error as Error).message).toContain(
      "Make sure that ceph-mon-host2 on host2 runs: ssh root@192.0.2.12 docker start ceph-mon-host2",
    );
    expect(monitorCalls()).toEqual(["host2 stop host2", "host2 start host2"]);
    nothingKept();
  });

  it("does not stop what is no monitor's store", async () => {
    const stack = world.stack();
    await expect(
      start({}, { ...stack, settings: { ...stack.settings, dataDirectory: `${world.data}/other` } }),
    ).rejects.toThrow("is not the store of a monitor; nothing was stopped");
    expect(monitorCalls().filter((call) => call.includes("stop"))).toEqual([]);
  });

  // On a terminal ssh gets the signal as well; `kill` reaches the command alone.
  it.each([
    ["Ctrl-C", -1],
    ["kill -INT", 1],
  ])("starts the monitor again at %s, and keeps nothing", { timeout: 30_000 }, async (_, group) => {
    world.write("slow", "");
    const tool = spawn(
      process.execPath,
      programArguments("tools/ceph.ts", "--config-file", world.stack().file, "backup", directory),
      { stdio: ["ignore", "ignore", "pipe"], detached: true },
    );
    let said = "";
    tool.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    const ended = new Promise<number | null>((done) => tool.on("exit", done));
    while (!existsSync(join(world.folder, "tar-runs")) && tool.exitCode === null)
      await new Promise((done) => setTimeout(done, 50));
    expect(world.state("ceph-mon-host2")).toBe("exited");
    process.kill(group * (tool.pid ?? 0), "SIGINT");
    expect(await ended).toBe(130);
    expect(said).toContain("the backup was ended; mon.host2 runs again, and nothing was kept");
    expect(world.state("ceph-mon-host2")).toBe("running");
    nothingKept();
  });

  it("says so when the copy is whole and the monitor does not come back", async () => {
    world.answer("quorum_status", { ...answers.quorum_status, quorum_names: ["host1", "host3"] });
    const [host2] = hostsOf(world.stack(), ["host2"]);
    if (host2)
      await expect(waitForQuorum(host2, new Cluster(world.stack()), 0)).rejects.toThrow(
        "the backup is whole, but mon.host2, which was started again, is not in the quorum after 0 s. Look at: ssh root@192.0.2.12 docker logs",
      );
  });
});
