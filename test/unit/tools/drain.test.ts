import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { drain, renderDrain } from "../../../tools/ceph/drain";
import { remainingSeconds, renderProgress } from "../../../tools/ceph/drain-progress";
import { declaredOsds } from "../../../tools/ceph/osds";
import { exitCodeOf } from "../../../tools/outcome";
import { domainsOf, type Rule, type Tree } from "../../../tools/ceph/placement";
import { answers, World } from "./world";

const busy = "Error EBUSY: OSD(s) 2 have 33 pgs currently mapped to them.";

describe("drain", () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });
  afterEach(() => world.remove());

  const start = (options: Partial<Parameters<typeof drain>[1]> = {}) =>
    drain(world.stack(), { host: "host3", device: "disk3", undo: false, interval: 1, ...options });
  const changes = () => world.calls.filter((call) => / osd (in|out) /.test(call));
  const dump = answers["osd dump"];

  it("marks the OSD out and waits until it may go", async () => {
    world.fail("osd safe-to-destroy 2", busy, 2);
    const result = await start();
    expect(result).toMatchObject({ osd: 2, host: "host3", device: "disk3", state: "drained" });
    expect(changes()).toEqual(["192.0.2.11 exec ceph-mon-host1 ceph --connect-timeout 10 osd out 2"]);
    expect(renderDrain(result)).toContain("Next: take its element out of ceph.osds");
  });

  it("finds the OSD whose container is stopped", async () => {
    world.write("containers/ceph-osd-host3-disk3", "exited");
    expect(await start()).toMatchObject({ osd: 2, state: "drained" });
  });

  it("goes on with one that is out already", async () => {
    world.answer("osd dump", {
      ...dump,
      osds: dump.osds.map((osd) => ({ ...osd, in: osd.osd === 2 ? 0 : 1 })),
    });
    expect(await start()).toMatchObject({ state: "drained" });
    expect(changes()).toEqual([]);
  });

  it("marks in again", async () => {
    expect(await start({ undo: true })).toMatchObject({ osd: 2, state: "in" });
    expect(changes()).toEqual(["192.0.2.11 exec ceph-mon-host1 ceph --connect-timeout 10 osd in 2"]);
  });

  it("ends at the timeout, and says that the cluster goes on", async () => {
    world.fail("osd safe-to-destroy 2", busy);
    const result = await start({ timeout: 1, interval: 200 });
    expect(result.state).toBe("draining");
    expect(renderDrain(result)).toContain("The cluster goes on draining OSD 2");
  });

  it("says at Ctrl-C that the cluster goes on", async () => {
    world.fail("osd safe-to-destroy 2", busy);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 300);
    const error = await start({ signal: controller.signal, interval: 60_000 }).catch(
      (reason: Error) => reason,
    );
    expect(error).toMatchObject({
      message: expect.stringContaining("the same command again goes on waiting") as string,
    });
    expect(exitCodeOf(error)).toBe(130);
  });

  it("names a near miss", async () => {
    await expect(start({ device: "disk4" })).rejects.toThrow(
      "ceph.osds has no device or file disk4 on host3; did you mean disk3?",
    );
    await expect(start({ host: "hots3" })).rejects.toThrow("no OSD on a host hots3; did you mean host3?");
    await expect(start({ device: "/dev/sdx" })).rejects.toThrow("there are: disk3");
  });

  describe("is refused, with nothing changed,", () => {
    const refused = async (...reasons: string[]) => {
      const error = await start().catch((reason: Error) => reason);
      expect(exitCodeOf(error)).toBe(2);
      for (const reason of [...reasons, "Nothing was changed."])
        expect((error as Error).message).toContain(reason);
      expect(changes()).toEqual([]);
    };

    it("when fewer hosts than copies would be left", async () => {
      world.answer("osd dump", { ...dump, pools: [{ ...dump.pools[0], size: 3 }] });
      await refused(
        "data keeps 3 copies, each on another host, and without OSD 2 only 2 hosts with OSDs that are up and in would be left (host2, host1)",
      );
    });

    it("when one of the others is down", async () => {
      world.answer("osd dump", {
        ...dump,
        osds: dump.osds.map((osd) => ({ ...osd, up: osd.osd === 0 ? 0 : 1 })),
      });
      await refused("only 1 host with OSDs that are up and in would be left (host2)");
    });

    it("when the others would be nearly full, when a flag holds the data, and when the cluster is in error", async () => {
      const usage = answers["osd df"];
      world.answer("osd df", {
        ...usage,
        nodes: usage.nodes.map((node) => ({ ...node, kb_used: 1_300_000 })),
      });
      world.answer("osd dump", { ...dump, flags: `${dump.flags},norebalance` });
      const checks = {
        AUTH_INSECURE_KEYS: { severity: "HEALTH_ERR", summary: { message: "old keys" } },
        OSD_FULL: { severity: "HEALTH_ERR", summary: { message: "1 full osd(s)" } },
      };
      world.answer("status", { ...answers.status, health: { status: "HEALTH_ERR", checks } });
      await refused(
        "the cluster is in error, OSD_FULL: 1 full osd(s)",
        "the flag norebalance holds data where it is: ceph osd unset norebalance",
        "the other OSDs would be 98 % full, more than nearfull_ratio (85 %)",
      );
      await expect(start()).rejects.not.toThrow("AUTH_");
    });
  });

  describe("without the OSD's store", () => {
    const down = (...numbers: number[]) =>
      world.answer("osd dump", {
        ...dump,
        osds: dump.osds.map((osd) => ({ ...osd, up: numbers.includes(osd.osd) ? 0 : 1 })),
      });

    it("takes the one that is down on that host, which may be down itself", async () => {
      down(2);
      world.write("down/192.0.2.13", "");
      expect(await start()).toMatchObject({ osd: 2, state: "drained" });
    });

    it("takes none that is up, and says how to find the number", async () => {
      world.write("down/192.0.2.13", "");
      await expect(start()).rejects.toThrow(
        "and the cluster has no OSD of host3 that is down: nothing to drain",
      );
      await expect(start()).rejects.toThrow(
        "Its number is in: ssh root@192.0.2.11 docker exec ceph-mon-host1 ceph osd tree",
      );
      expect(changes()).toEqual([]);
    });

    it("takes none when it may be another's", async () => {
      down(2);
      const osds = ["absent", "gone"].map((file) => ({ host: "host3", file }));
      const options = { host: "host3", device: "absent", undo: false };
      await expect(drain(world.stack({ osds }), options)).rejects.toThrow(
        "host3 has no store of the OSD on absent\nIt is one of the OSDs 2, and which one can't be told",
      );
    });

    it("does not take an OSD whose store is another's", async () => {
      down(2);
      const osds = ["disk3", "absent"].map((file) => ({ host: "host3", file }));
      const options = { host: "host3", device: "absent", undo: false };
      await expect(drain(world.stack({ osds }), options)).rejects.toThrow("no OSD of host3 that is down");
    });
  });

  it("knows the containers by the names that the component gives them", () => {
    const declared = declaredOsds(
      world.stack({ osds: [{ host: "host3", device: "/dev/disk/by-id/ata-A.B" }] }),
    );
    expect(declared[0]?.container).toBe("ceph-osd-host3-ata-A-B");
  });
});

describe("places for copies", () => {
  const tree = answers["osd tree"] as Tree;
  const rule = (item_name: string, type: string): Rule => ({
    rule_id: 0,
    rule_name: "r",
    steps: [
      { op: "set_chooseleaf_tries" },
      { op: "take", item_name },
      { op: "chooseleaf_indep", type },
      { op: "emit" },
    ],
  });

  it("are the groups that the rule names", () => {
    expect([...(domainsOf(rule("default", "host"), tree)?.osds ?? [])]).toEqual([
      ["host3", [2]],
      ["host2", [1]],
      ["host1", [0]],
    ]);
    expect(domainsOf(rule("default", "osd"), tree)?.osds.size).toBe(3);
  });

  it("are of the class that the rule takes", () => {
    expect(domainsOf(rule("default~ssd", "host"), tree)?.osds.size).toBe(0);
    expect(domainsOf(rule("default~hdd", "host"), tree)?.osds.size).toBe(3);
  });

  it("can't be told when the rule chooses twice", () => {
    const twice = rule("default", "host");
    twice.steps.push({ op: "choose_indep", type: "osd" });
    expect(domainsOf(twice, tree)).toBeUndefined();
  });
});

describe("progress", () => {
  const at = (seconds: number, groups: number, misplaced: number, degraded = 0) => ({
    at: seconds * 1000,
    groups,
    misplaced,
    degraded,
    reason: "OSD(s) 2 have no reported stats",
  });

  it("is estimated by the pace so far", () => {
    expect(renderProgress(at(60, 20, 500), at(0, 33, 1000))).toBe(
      "20 placement groups on it, 500 objects misplaced, some 60 s left",
    );
    expect(remainingSeconds(at(0, 30, 0), at(60, 10, 0))).toBe(30);
    expect(renderProgress(at(3600, 20, 900), at(0, 33, 1000))).toContain("some 9.0 h left");
  });

  it("is not estimated before there is a pace", () => {
    expect(remainingSeconds(at(0, 33, 1000), at(2, 30, 900))).toBeUndefined();
    expect(remainingSeconds(at(0, 33, 0), at(60, 33, 1000))).toBeUndefined();
  });

  it("says why the OSD may not go when nothing is left to count", () => {
    expect(renderProgress(at(60, 0, 0))).toBe("0 placement groups on it, OSD(s) 2 have no reported stats");
  });
});
