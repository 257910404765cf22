import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readStatus, statusExitCode } from "../../../tools/ceph/status";
import { renderStatus } from "../../../tools/ceph/status-text";
import { answers, uuids, World } from "./world";

describe("status", () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });
  afterEach(() => world.remove());

  it("names OSDs by host and device", async () => {
    const report = await readStatus(world.stack());
    expect(renderStatus(report)).toBe(`health    HEALTH_WARN
          OSDMAP_FLAGS: noout flag(s) set
monitors  host1 leader, host2 in quorum, host3 in quorum
managers  host1 active, standby: host2
CephFS    cephfs: host3 active
          standby: host2

OSD  host   device  state   used
0    host1  disk1   up, in  15 %
1    host2  disk2   up, in  15 %
2    host3  disk3   up, in  15 %`);
    expect(statusExitCode(report)).toBe(2);
  });

  it("asks the next monitor when one does not answer, and names the host that doesn't", async () => {
    world.write("down/192.0.2.11", "");
    const { osds, problems } = await readStatus(world.stack());
    expect(osds[0]).toMatchObject({ number: 0, host: undefined, up: true });
    expect(osds[1]).toMatchObject({ number: 1, host: "host2", device: "disk2" });
    expect(problems).toEqual([
      "host1 (192.0.2.11) can't be reached by ssh: ssh: connect to host 192.0.2.11 port 22: No route to host. Try: ssh root@192.0.2.11 true",
    ]);
  });

  it("says what each monitor said when none answers", async () => {
    world.write("down/192.0.2.11", "");
    world.write("containers/ceph-mon-host2", "exited");
    world.fail("status", "[errno 110] RADOS timed out (error connecting to the cluster)");
    const asked = readStatus(world.stack());
    await expect(asked).rejects.toThrow(
      "no monitor of stack test answers:\n  host1: host1 (192.0.2.11) can't be reached",
    );
    await expect(asked).rejects.toThrow(
      "  host2: Error response from daemon: container ceph-mon-host2 is not running",
    );
    await expect(asked).rejects.toThrow("  host3: [errno 110] RADOS timed out");
    await expect(asked).rejects.toThrow("Look at: ssh root@192.0.2.11 docker logs --tail 50 ceph-mon-host1");
  });

  it("tells what the stack declares and is not there", async () => {
    world.write("containers/ceph-osd-host1-disk1", "exited");
    world.answer("osd dump", { ...answers["osd dump"], osds: [{ osd: 0, uuid: uuids[0], up: 0, in: 0 }] });
    const stack = world.stack({
      osds: [
        { host: "host1", file: "disk1" },
        { host: "host2", file: "disk2" },
        { host: "host2", file: "new" },
      ],
    });
    const report = await readStatus(stack);
    expect(renderStatus(report)).toMatch(/^0 +host1 +disk1 +DOWN, OUT/m);
    expect(report.problems).toEqual([
      "ceph-osd-host1-disk1 on host1 is exited: docker start ceph-osd-host1-disk1, or pulumi up --refresh",
      `the cluster doesn't know the OSD on disk2 of host2 (${uuids[1]})`,
      "host2 has no OSD on new yet: pulumi up makes it",
    ]);
  });
});
