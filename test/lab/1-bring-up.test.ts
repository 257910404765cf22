import { writeFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { readMachine } from "../../lab/docker/machine";
import { type LabStatus } from "../../lab/status";
import { killEngineWhen, lab, machineBefore, on, pulumi, storageStack } from "./lab";

/** Hosts and storage alone, as for all files up to 7; 8-kubernetes.test.ts brings up the whole dev stack, from nothing too. */
describe("bringing up the lab", () => {
  let stack: string[];

  beforeAll(async () => {
    stack = ["--config-file", await storageStack()];
  });

  it("starts from nothing", async () => {
    expect((await lab("down", "--keep-images")).code).toBe(0);
    const { code, stdout } = await lab("status", "--json");
    expect([code, (JSON.parse(stdout) as LabStatus).hosts]).toEqual([1, []]);
    await writeFile(machineBefore, JSON.stringify(await readMachine())); // for 9-down
  });

  it("goes on after the engine was killed while hosts were prepared", async () => {
    const code = await killEngineWhen(
      async () => (await on("host1", "test -e /etc/docker/daemon.json && echo yes")) === "yes",
      ...stack,
    );
    expect(code).not.toBe(0);
  });

  it("goes on after the engine was killed while monitors were started", async () => {
    const code = await killEngineWhen(
      async () => (await on("host1", "docker ps -q -f name=ceph-mon")) !== "",
      ...stack,
    );
    expect(code).not.toBe(0);
  });

  it("ends with three monitors in quorum and a manager active", async () => {
    const { code, stdout, stderr } = await lab("up", ...stack);
    process.stdout.write(stderr.slice(stderr.lastIndexOf("\n\n")));
    expect(code, stdout + stderr).toBe(0);
    expect(stderr).toMatch(/\d+ MiB peak memory/);

    const status = await lab("status", "--json");
    expect(status.code).toBe(0);
    const { hosts, ceph } = JSON.parse(status.stdout) as LabStatus;
    expect(hosts.map(({ name, reachable }) => [name, reachable])).toEqual([
      ["host1", true],
      ["host2", true],
      ["host3", true],
    ]);
    expect([...(ceph?.monitors.quorum ?? [])].sort()).toEqual(["host1", "host2", "host3"]);
    expect(ceph?.manager.active).toMatch(/^host[12]$/);
    expect(ceph?.manager.standbys).toBe(1);
    expect(ceph?.osds).toEqual({ all: 3, up: 3 });
    expect(ceph?.metadataServers).toEqual({ active: 1, standbys: 1 });
  });

  it("has each container once", async () => {
    const { stdout } = await lab("status", "--json");
    const { hosts } = JSON.parse(stdout) as LabStatus;
    expect(hosts.map(({ containers }) => containers)).toEqual([
      running("mgr-host1", "mon-host1", "mount-host1-mnt-cephfs", "osd-host1-osd0"),
      running("mds-host2", "mgr-host2", "mon-host2", "mount-host2-mnt-cephfs", "osd-host2-osd0"),
      running("mds-host3", "mon-host3", "mount-host3-mnt-cephfs", "osd-host3-osd0"),
    ]);
  });

  it("has nothing left to do", async () => {
    const again = await pulumi("up", "--stack", "dev", "--yes", "--expect-no-changes");
    expect(again.code, again.stdout + again.stderr).toBe(0);
    const refresh = await pulumi("refresh", "--stack", "dev", "--yes", "--expect-no-changes");
    expect(refresh.code, refresh.stdout + refresh.stderr).toBe(0);
  });

  it("is quick when all is there", async () => {
    const { code, stderr } = await lab("up", ...stack);
    process.stdout.write(stderr.slice(stderr.lastIndexOf("\n\n")));
    expect(code).toBe(0);
  });
});

/** These containers of Ceph, all running. */
const running = (...names: string[]) => Object.fromEntries(names.map((name) => [`ceph-${name}`, "running"]));
