import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureDocker } from "../../lab/docker";
import {
  ceph,
  cephJson,
  containers,
  inApplication,
  mounted,
  startApplication,
  type Status,
  stopApplication,
  stopWriter,
  waitForHealth,
  watch,
  writer,
} from "./ceph";
import { changeStack, lab, on, tryUp, tryUpWith, up, waitFor } from "./lab";

describe("Ceph", () => {
  beforeAll(async () => {
    await startApplication("host1");
    await startApplication("host3");
  });
  afterAll(async () => {
    for (const host of ["host1", "host3"]) await stopApplication(host);
  });

  it("is healthy, with an OSD on each host, three copies, and a metadata server standing by", async () => {
    await waitForHealth(120);
    const status = await cephJson<Status>("status");
    expect(status.osdmap).toMatchObject({ num_osds: 3, num_up_osds: 3, num_in_osds: 3 });
    expect(status.fsmap.by_rank).toHaveLength(1);
    expect(status.fsmap["up:standby"]).toBe(1);
    expect(await ceph("osd pool get cephfs_data size")).toBe("size: 3");
    expect(await ceph("osd pool get cephfs_data min_size")).toBe("min_size: 2");
  });

  it("gives a file that was written on one host to another", async () => {
    const sum = `md5sum <${mounted}/shared`;
    const written = await inApplication(
      "host1",
      `dd if=/dev/urandom of=${mounted}/shared bs=1M count=50 2>/dev/null; sync; ${sum}`,
    );
    expect(await inApplication("host3", sum)).toBe(written);
  });

  it("changes every daemon one at a time while a client works on", async () => {
    const before = await containers();
    await inApplication("host1", writer);
    const watched = watch();
    // It stays, since taking it back would change every daemon once more.
    await changeStack((document) =>
      document.setIn(["config", "farmstack:ceph", "startupSettings", "global", "debug_ms"], "0/0"),
    );
    const changed = await tryUp();
    const { quorum, osdsDown, withoutQuorum } = await watched.stop();
    const { writes, longest, failures } = await stopWriter("host1");
    expect(changed.code, changed.stdout + changed.stderr).toBe(0);

    const after = await containers();
    expect(Object.keys(after)).toHaveLength(13);
    for (const [daemon, id] of Object.entries(after))
      if (daemon.startsWith("/ceph-mount-")) expect(id, daemon).toBe(before[daemon]);
      else expect(id, daemon).not.toBe(before[daemon]);
    process.stdout.write(
      `rolling change: ${writes} writes, the longest ${longest} ms, ${failures} failed; fewest monitors in quorum ${quorum}, ${withoutQuorum} ms between two sights of a quorum, most OSDs down ${osdsDown}\n`,
    );
    expect(writes).toBeGreaterThan(100);
    expect(failures).toBe(0);
    expect(longest).toBeLessThan(10_000);
    expect(quorum).toBeGreaterThanOrEqual(2);
    expect(withoutQuorum).toBeLessThan(20_000);
    expect(osdsDown).toBeLessThanOrEqual(1);
    expect(await ceph("osd dump --format json")).not.toContain("noout");
    expect((await lab("status")).code).toBe(0);
  });

  it("refuses a device that is in use, and does not touch it", async () => {
    const sum = "sha256sum </root/disk.img";
    const device = await on(
      "host2",
      "truncate -s 64M /root/disk.img && mkfs.ext4 -q /root/disk.img && losetup --find --show /root/disk.img",
    );
    const before = await on("host2", sum);
    try {
      const { code, stdout } = await tryUpWith((document) =>
        document.addIn(["config", "farmstack:ceph", "osds"], { host: "host2", device }),
      );
      expect(code).not.toBe(0);
      expect(stdout).toContain(`${device} is in use; nothing was changed. Found on it:`);
      expect(stdout).toContain("TYPE=ext4");
      expect(await on("host2", `sync; ${sum}`)).toBe(before);
    } finally {
      await on("host2", `losetup --detach ${device}; rm /root/disk.img`);
    }
    // The cluster never heard of it.
    expect((await cephJson<Status>("status")).osdmap.num_osds).toBe(3);
    await up();
  });

  it("goes on when the host with the active metadata server dies, and takes it back when it boots", async () => {
    const { filesystems } = await cephJson<FilesystemDump>("fs dump");
    const active = Object.values(filesystems[0]?.mdsmap.info ?? {}).find(
      ({ state }) => state === "up:active",
    )?.name;
    expect(["host2", "host3"]).toContain(active);
    await inApplication("host1", `md5sum <${mounted}/shared >/tmp/before`);
    await inApplication("host1", writer);
    const engine = await ensureDocker();
    const machine = engine.client.getContainer(`farmstack-lab-${active}`);
    await machine.kill();
    try {
      const writesAt = async () =>
        Number((await inApplication("host1", "cat /tmp/writes 2>/dev/null || echo 0")) || 0);
      await new Promise((wait) => setTimeout(wait, 5000)); // what was under way is done
      const stuck = await writesAt();
      const seconds = await waitFor(async () => (await writesAt()) > stuck + 20, 180);
      process.stdout.write(`${active} died: the client wrote again after ${seconds + 5} s\n`);
    } finally {
      await machine.start();
    }
    const healthy = await waitForHealth(300);
    process.stdout.write(`${active} booted: HEALTH_OK after ${healthy} s\n`);
    expect((await stopWriter("host1")).failures).toBe(0);
    expect(await inApplication("host1", `md5sum <${mounted}/shared`)).toBe(
      await inApplication("host1", "cat /tmp/before"),
    );
    // Containers' own checks and nodes follow in their own time.
    await waitFor(async () => (await lab("status")).code === 0, 180);
  });
});

interface FilesystemDump {
  filesystems: { mdsmap: { info: Record<string, { name: string; state: string }> } }[];
}
