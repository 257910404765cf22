import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { backup } from "../../../tools/ceph/backup";
import { exitCodeOf } from "../../../tools/outcome";
import { renderRestore, restore } from "../../../tools/ceph/restore";
import { fsid, World } from "./world";

describe("restore", () => {
  let world: World;
  let directory: string;
  beforeEach(async () => {
    world = new World();
    directory = join(world.folder, "backup");
    await backup(world.stack(), { directory, allowInterruption: false, pulumi: "no-such-pulumi" });
  });
  afterEach(() => world.remove());

  const store = (host: string) => join(world.data, "ceph", `mon-${host}`);
  const hosts = ["host1", "host2", "host3"];
  const loseAll = () => {
    for (const host of hosts) {
      world.write(`containers/ceph-mon-${host}`, "exited");
      renameSync(store(host), `${store(host)}.lost`);
    }
  };
  const start = (olderMaps = false) => restore(world.stack(), { directory, olderMaps });
  const refused = async (...reasons: string[]) => {
    const error = await start().catch((caught: Error) => caught);
    expect(exitCodeOf(error)).toBe(2);
    for (const reason of reasons) expect((error as Error).message).toContain(reason);
  };
  const noneWritten = () => {
    for (const host of hosts)
      for (const name of [store(host), `${store(host)}.restoring`]) expect(existsSync(name)).toBe(false);
  };

  it("gives every monitor the saved store", async () => {
    loseAll();
    mkdirSync(store("host1")); // Docker makes an empty one for a container that it starts
    const result = await start();
    for (const host of hosts) {
      expect(readFileSync(join(store(host), "store.db/CURRENT"), "utf8")).toBe("store of 2");
      expect(readFileSync(join(store(host), "farmstack-identity"), "utf8")).toBe(`${fsid}\n`);
      expect(existsSync(`${store(host)}.restoring`)).toBe(false);
    }
    expect(renderRestore(result)).toContain("pulumi up --refresh --stack test");
    expect(renderRestore(result)).toContain("The newest map of an OSD that runs: 40; the backup's: 40.");
    expect(renderRestore(result)).not.toContain("OSDs take no change");
    const { uid, gid } = statSync(store("host3"));
    expect(renderRestore(result)).toContain(`Its files belong to ${uid}:${gid}`);
  });

  it("touches no store that is there, and no monitor that runs", async () => {
    loseAll();
    renameSync(`${store("host1")}.lost`, store("host1"));
    world.write("containers/ceph-mon-host2", "restarting");
    await refused(
      `host1 has a store in ${store("host1")}, which is not touched`,
      `Otherwise move it away: ssh root@192.0.2.11 mv ${store("host1")} ${store("host1")}.lost`,
      "ceph-mon-host2 on host2 is restarting. If it is without a store, stop it: ssh root@192.0.2.12 docker stop ceph-mon-host2",
      "Nothing was changed.",
    );
    expect(readFileSync(join(store("host1"), "store.db/CURRENT"), "utf8")).toBe("store of 1");
    expect(existsSync(store("host2"))).toBe(false);
  });

  it("wants all hosts of monitors", async () => {
    loseAll();
    world.write("down/192.0.2.13", "");
    await refused(
      "host3 gets a store as well, and can't be asked: host3 (192.0.2.13) can't be reached by ssh",
    );
    noneWritten();
  });

  it("refuses a file with another sum", async () => {
    loseAll();
    writeFileSync(join(directory, "monitor-store.tar.gz"), "other");
    await refused("monitor-store.tar.gz is not what the backup wrote: its SHA-256 should be");
    noneWritten();
  });

  it("refuses what is no backup, or another stack's", async () => {
    loseAll();
    const file = join(directory, "manifest.json");
    const manifest = readFileSync(file, "utf8");
    writeFileSync(file, manifest.replace('"stack": "test"', '"stack": "other"'));
    await refused("is a backup of stack other, not of test");
    writeFileSync(file, manifest.replace('"format": 1', '"format": 2'));
    await refused("is not a manifest that this version can read");
    rmSync(file);
    await refused("is not a backup: it has no manifest.json");
  });

  it("refuses maps that are older than the OSDs', unless it is told to go on", async () => {
    loseAll();
    world.answer("ceph-osd-host3-disk3", { cluster_fsid: fsid, newest_map: 44 });
    await refused("has the OSD map of epoch 40, and ceph-osd-host3-disk3 has 44", "--older-maps");
    noneWritten();
    const result = await start(true);
    expect(result.newestMap).toBe(44);
    expect(renderRestore(result)).toContain("OSDs take no change before the map's number has passed 44");
  });

  it("refuses other monitors than the store knows", async () => {
    loseAll();
    await expect(
      restore(world.stack({ monitors: ["host1"] }), { directory, olderMaps: false }),
    ).rejects.toThrow("the backup knows the monitors host1, host2, host3, and ceph.monitors has host1");
    noneWritten();
  });

  it("refuses OSDs of another cluster", async () => {
    loseAll();
    world.answer("ceph-osd-host1-disk1", { cluster_fsid: "other", newest_map: 1 });
    await refused("ceph-osd-host1-disk1 belong to another cluster than the backup");
  });

  it("gives no monitor a store when it can't be unpacked for one of them", async () => {
    loseAll();
    world.executable(
      "tar",
      '#!/bin/sh\n[ "$FARMSTACK_HOST" != 192.0.2.12 ] || { echo "tar: No space left on device" >&2; exit 2; }\nexec /bin/tar "$@"\n',
    );
    await expect(start()).rejects.toThrow("host2: tar: No space left on device");
    for (const host of hosts) expect(existsSync(store(host))).toBe(false);
    expect(existsSync(`${store("host2")}.restoring`)).toBe(false);
  });
});
