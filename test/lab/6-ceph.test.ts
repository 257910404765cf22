import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureDocker } from "../../lab/docker";
import { lab, on, tryUp, tryUpWith, up, waitFor } from "./lab";

const monitors = ["host1", "host2", "host3"];
const ceph = (command: string, host = "host1") =>
  on(host, `docker exec ceph-mon-${host} ceph --connect-timeout 20 ${command}`);

/** A client: a container that mounts the file system by ceph-fuse. Test only. */
const client = async (host: string) => {
  await on(
    host,
    `docker rm -f test-client >/dev/null 2>&1; mkdir -p /tmp/client && cd /tmp/client &&
     docker cp ceph-mon-${host}:/etc/ceph/ceph.conf ceph.conf && docker cp ceph-mon-${host}:/etc/ceph/ceph.client.admin.keyring keyring &&
     docker run -d --name test-client --network host --cap-add SYS_ADMIN --device /dev/fuse --security-opt apparmor=unconfined \\
       -v /tmp/client/ceph.conf:/etc/ceph/ceph.conf:ro -v /tmp/client/keyring:/etc/ceph/ceph.client.admin.keyring:ro \\
       --entrypoint sh $(docker inspect -f '{{.Image}}' ceph-mon-${host}) -c 'mkdir -p /mnt/fs /run/ceph && exec ceph-fuse -f /mnt/fs'`,
  );
  await on(
    host,
    "timeout 60 sh -c 'until docker exec test-client mountpoint -q /mnt/fs; do sleep 0.5; done'",
  );
};
const inClient = (host: string, command: string) => on(host, `docker exec test-client sh -c '${command}'`);

describe("Ceph", () => {
  beforeAll(async () => {
    await client("host1");
    await client("host3");
  });
  afterAll(async () => {
    for (const host of ["host1", "host3"]) await on(host, "docker rm -f test-client; rm -rf /tmp/client");
  });

  it("is healthy, with an OSD on each host, three copies, and a metadata server standing by", async () => {
    await on(
      "host1",
      "timeout 120 sh -c 'until docker exec ceph-mon-host1 ceph health | grep -q HEALTH_OK; do sleep 1; done'",
    );
    const status = JSON.parse(await ceph("status --format json")) as Status;
    expect(status.osdmap).toMatchObject({ num_osds: 3, num_up_osds: 3, num_in_osds: 3 });
    expect(status.fsmap.by_rank).toHaveLength(1);
    expect(status.fsmap["up:standby"]).toBe(1);
    expect(await ceph("osd pool get cephfs_data size")).toBe("size: 3");
    expect(await ceph("osd pool get cephfs_data min_size")).toBe("min_size: 2");
  });

  it("gives a file that was written on one host to another", async () => {
    const sum = "md5sum </mnt/fs/shared";
    const written = await inClient(
      "host1",
      `dd if=/dev/urandom of=/mnt/fs/shared bs=1M count=50 2>/dev/null; sync; ${sum}`,
    );
    expect(await inClient("host3", sum)).toBe(written);
  });

  it("changes every daemon one at a time while a client works on", async () => {
    const before = await containers();
    await inClient("host1", writer);
    const watched = watch();
    const changed = await tryUpWith((document) =>
      document.setIn(["config", "farmstack:ceph", "settings", "global", "debug_ms"], "0/0"),
    );
    const { quorum, osdsDown } = await watched.stop();
    await inClient("host1", "touch /tmp/stop; sleep 2");
    expect(changed.code, changed.stdout + changed.stderr).toBe(0);

    const after = await containers();
    expect(Object.keys(after)).toHaveLength(10);
    for (const [daemon, id] of Object.entries(after)) expect(id, daemon).not.toBe(before[daemon]);
    const [writes = 0, longest = 0, failures = 0] = (await inClient("host1", "cat /tmp/result"))
      .split(" ")
      .map(Number);
    process.stdout.write(
      `rolling change: ${writes} writes, the longest ${longest} ms, ${failures} failed; fewest monitors in quorum ${quorum}, most OSDs down ${osdsDown}\n`,
    );
    expect(writes).toBeGreaterThan(100);
    expect(failures).toBe(0);
    expect(longest).toBeLessThan(10_000);
    expect(quorum).toBeGreaterThanOrEqual(2);
    expect(osdsDown).toBeLessThanOrEqual(1);
    expect(
      await ceph("osd dump --format json").then((dump) => (JSON.parse(dump) as { flags: string }).flags),
    ).not.toContain("noout");
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
    expect((JSON.parse(await ceph("status --format json")) as Status).osdmap.num_osds).toBe(3);
    await up();
  });

  it("takes a further OSD by one line, and lets it go only when its data is safe without it", async () => {
    const sum = "md5sum </mnt/fs/shared";
    const before = await inClient("host1", sum);
    const untouched = await containers();
    const added = await tryUpWith((document) =>
      document.addIn(["config", "farmstack:ceph", "osds"], { host: "host1", file: "osd1", sizeGiB: 2 }),
    );
    expect(added.code, added.stdout).toBe(0);
    expect(added.stdout).toMatch(/Resources:\n\s+\+ \d+ created\n\s+\d+ unchanged\n/);
    expect(await containers()).toMatchObject(untouched);
    const tree = JSON.parse(await ceph("osd tree --format json")) as OsdTree;
    const number = Math.max(...tree.nodes.filter(({ type }) => type === "osd").map(({ id }) => id));
    await waitFor(async () => (await ceph("health")).includes("HEALTH_OK"), 120);

    const refused = await tryUp();
    expect(refused.code).not.toBe(0);
    expect(refused.stdout).toContain("(ceph-osd-host1-osd1) is no longer in the configuration");
    expect(await on("host1", "docker inspect -f '{{.State.Running}}' ceph-osd-host1-osd1")).toBe("true");

    await ceph(`osd out ${number}`);
    const seconds = await waitFor(() => ceph(`osd safe-to-destroy ${number}`).then(() => true), 180);
    process.stdout.write(`OSD ${number} was drained within ${seconds} s\n`);
    await up();
    await ceph(`osd purge ${number} --yes-i-really-mean-it`);
    expect(await inClient("host3", sum)).toBe(before);
    expect((JSON.parse(await ceph("status --format json")) as Status).osdmap.num_osds).toBe(3);
    await waitFor(async () => (await ceph("health")).includes("HEALTH_OK"), 120);
  });

  it("goes on when the host with the active metadata server dies, and takes it back when it boots", async () => {
    const { filesystems } = JSON.parse(await ceph("fs dump --format json 2>/dev/null")) as FilesystemDump;
    const active = Object.values(filesystems[0]?.mdsmap.info ?? {}).find(
      ({ state }) => state === "up:active",
    )?.name;
    expect(["host2", "host3"]).toContain(active);
    await inClient("host1", "md5sum </mnt/fs/shared >/tmp/before");
    await inClient("host1", writer);
    const engine = await ensureDocker();
    const machine = engine.client.getContainer(`farmstack-lab-${active}`);
    await machine.kill();
    try {
      const writesAt = async () =>
        Number((await inClient("host1", "cat /tmp/writes 2>/dev/null || echo 0")) || 0);
      await new Promise((wait) => setTimeout(wait, 5000)); // what was under way is done
      const stuck = await writesAt();
      const seconds = await waitFor(async () => (await writesAt()) > stuck + 20, 180);
      process.stdout.write(`${active} died: the client wrote again after ${seconds + 5} s\n`);
    } finally {
      await machine.start();
    }
    const healthy = await waitFor(async () => (await ceph("health")).includes("HEALTH_OK"), 300);
    process.stdout.write(`${active} booted: HEALTH_OK after ${healthy} s\n`);
    await inClient("host1", "touch /tmp/stop; sleep 2");
    const [, , failures] = (await inClient("host1", "cat /tmp/result")).split(" ").map(Number);
    expect(failures).toBe(0);
    expect(await inClient("host1", "md5sum </mnt/fs/shared")).toBe(
      await inClient("host1", "cat /tmp/before"),
    );
    expect((await lab("status")).code).toBe(0);
  });
});

/** Writes and reads back, again and again; leaves the number of writes, the longest in ms and the failures. */
const writer = `cat >/tmp/writer.py <<PYTHON
import os, time
writes, longest, failures = 0, 0, 0
while not os.path.exists("/tmp/stop"):
    text = str(time.time())
    begun = time.time()
    try:
        with open("/mnt/fs/busy", "w") as f:
            f.write(text); f.flush(); os.fsync(f.fileno())
        if open("/mnt/fs/busy").read() != text: failures += 1
    except OSError:
        failures += 1
    longest = max(longest, time.time() - begun)
    writes += 1
    open("/tmp/writes", "w").write(str(writes))
    time.sleep(0.05)
open("/tmp/result", "w").write("%d %d %d" % (writes, longest * 1000, failures))
PYTHON
rm -f /tmp/stop /tmp/result /tmp/writes; nohup python3 /tmp/writer.py >/dev/null 2>&1 &`;

interface OsdTree {
  nodes: { id: number; type: string }[];
}

interface FilesystemDump {
  filesystems: { mdsmap: { info: Record<string, { name: string; state: string }> } }[];
}

interface Status {
  osdmap: { num_osds: number; num_up_osds: number; num_in_osds: number };
  fsmap: { by_rank: unknown[]; "up:standby": number };
  quorum_names: string[];
}

/** Each daemon's container and its id. */
async function containers(): Promise<Record<string, string>> {
  const lists = await Promise.all(
    monitors.map((host) =>
      on(host, "docker inspect -f '{{.Name}} {{.Id}}' $(docker ps -q -f label=farmstack.component=ceph)"),
    ),
  );
  return Object.fromEntries(
    lists.flatMap((list) => list.split("\n").map((line) => line.split(" ") as [string, string])),
  );
}

/** Asks the cluster again and again: the fewest monitors in quorum, and the most OSDs down, that were ever seen. */
function watch() {
  let over = false;
  const seen = { quorum: monitors.length, osdsDown: 0 };
  const watching = (async () => {
    while (!over) {
      const texts = await Promise.all(
        monitors.map((host) => ceph("status --format json", host).catch(() => undefined)),
      );
      for (const text of texts) {
        if (!text) continue;
        const { osdmap, quorum_names } = JSON.parse(text) as Status;
        seen.quorum = Math.min(seen.quorum, quorum_names.length);
        seen.osdsDown = Math.max(seen.osdsDown, osdmap.num_osds - osdmap.num_up_osds);
      }
      await new Promise((wait) => setTimeout(wait, 1000));
    }
  })();
  return {
    async stop() {
      over = true;
      await watching;
      return seen;
    },
  };
}
