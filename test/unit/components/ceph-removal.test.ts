import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type CommandLine } from "../../../components/ceph/command-line";
import { daemonId, guardMonitors, guardOsds } from "../../../components/ceph/removal";
import { type RemovalHooks } from "../../../components/container";
import { startMocks } from "../mocks";

type Answer = { ok: boolean; output: string };

/** What was asked of the monitor. */
const asked: string[] = [];
let answer: Answer | Error = { ok: true, output: "" };

const host = {
  ask: (command: string) => {
    asked.push(command);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  },
  shellCommand: (command: string) => `ssh root@192.0.2.11 ${command}`,
};
const monitor = { host, container: "ceph-mon-a" } as unknown as CommandLine;

const warnings = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
afterEach(() => {
  asked.length = 0;
  answer = { ok: true, output: "" };
  warnings.mockClear();
});

/** The deletion of a container whose daemon has this id. */
const deletion = (name: string, id: string): pulumi.ResourceHookArgs => ({
  urn: `urn:pulumi:test::farmstack::docker:index/container:Container::${name}`,
  id: "1",
  name,
  type: "docker:index/container:Container",
  oldInputs: { command: ["--foreground", "--id", id, "--setuser", "ceph"] },
});

const unreachable = new Error("a (192.0.2.11) can't be reached by ssh: timed out");

describe("at up", () => {
  let osds: RemovalHooks;
  let monitors: RemovalHooks;
  beforeAll(async () => {
    await startMocks();
    osds = guardOsds("ceph", ["ceph-osd-a-osd0-container"], monitor, true);
    monitors = guardMonitors("ceph", ["ceph-mon-a-container"], monitor, true);
  });
  const removeOsd = () => osds.beforeDelete.callback(deletion("ceph-osd-b-osd0-container", "7"));
  const purgeOsd = () => osds.afterDelete?.callback(deletion("ceph-osd-b-osd0-container", "7"));
  const removeMonitor = () => monitors.beforeDelete.callback(deletion("ceph-mon-b-container", "b"));

  it("an OSD goes when the cluster says that its data is safe, and is forgotten then", async () => {
    await removeOsd();
    expect(asked).toEqual([expect.stringContaining("ceph --connect-timeout 30 osd safe-to-destroy 7")]);
    await purgeOsd();
    expect(asked[1]).toContain("osd purge 7 --yes-i-really-mean-it");
    expect(warnings).not.toHaveBeenCalled();
  });

  it("an OSD stays when its data is not safe, and the message says what to do", async () => {
    answer = { ok: false, output: "OSD(s) 7 have 33 pgs" };
    await expect(removeOsd()).rejects.toThrow(
      "OSD 7 (ceph-osd-b-osd0) is no longer in the configuration, and its data is not safe without it: " +
        "OSD(s) 7 have 33 pgs. It was not stopped.",
    );
  });

  it("nothing goes when the cluster can't be asked", async () => {
    answer = unreachable;
    await expect(removeOsd()).rejects.toThrow("can't be reached by ssh");
    await expect(removeMonitor()).rejects.toThrow("can't be reached by ssh");
  });

  it("an OSD that can't be purged is gone all the same, and the command is told", async () => {
    answer = { ok: false, output: "EBUSY" };
    await purgeOsd();
    expect(warnings.mock.calls.map(([message]) => message)).toEqual([
      expect.stringMatching(
        /^ceph-osd-b-osd0 is gone, but the cluster still lists it: EBUSY\. Type: ssh root@192\.0\.2\.11 .*osd purge 7/,
      ),
    ]);
  });

  it("a container that is replaced goes without a question", async () => {
    const replaced = deletion("ceph-osd-a-osd0-container", "0");
    await osds.beforeDelete.callback(replaced);
    await osds.afterDelete?.callback(replaced);
    await monitors.beforeDelete.callback(deletion("ceph-mon-a-container", "a"));
    expect(asked).toEqual([]);
  });

  it("a monitor leaves the map before it goes", async () => {
    await removeMonitor();
    expect(asked[0]).toMatch(/ mon ok-to-rm b && .* mon rm b; fi$/);
    expect(asked).toHaveLength(1);
  });

  it("a monitor stays when the others can't do without it", async () => {
    answer = { ok: false, output: "would break quorum" };
    await expect(removeMonitor()).rejects.toThrow(
      /^ceph-mon-b is no longer in .* can't do without it: would break quorum\. It was not stopped\. Look at: ssh .*quorum_status$/,
    );
  });
});

describe("in a preview", () => {
  let osds: RemovalHooks;
  let monitors: RemovalHooks;
  beforeAll(async () => {
    await startMocks(true);
    osds = guardOsds("ceph", [], monitor, true);
    monitors = guardMonitors("ceph", [], monitor, true);
  });
  const removeOsd = () => osds.beforeDelete.callback(deletion("ceph-osd-b-osd0-container", "7"));
  const removeMonitor = () => monitors.beforeDelete.callback(deletion("ceph-mon-b-container", "b"));

  it("it is asked before, and never after", () => {
    expect(osds.beforeDelete.opts?.onDryRun).toBe(true);
    expect(monitors.beforeDelete.opts?.onDryRun).toBe(true);
    expect(osds.afterDelete?.opts?.onDryRun ?? false).toBe(false);
  });

  it("a monitor is asked about and not taken out of the map", async () => {
    await removeMonitor();
    expect(asked[0]).toMatch(/ mon ok-to-rm b; fi$/);
  });

  it("a refusal shows already", async () => {
    answer = { ok: false, output: "33 pgs" };
    await expect(removeOsd()).rejects.toThrow("33 pgs");
  });

  it("a cluster that can't be reached is warned of, and no more", async () => {
    answer = unreachable;
    await removeOsd();
    await removeMonitor();
    expect(warnings.mock.calls.map(([message]) => message)).toEqual([
      expect.stringMatching(
        /^ceph-osd-b-osd0 is to be removed; .* asked at `up`: a \(192\.0\.2\.11\) can't be reached/,
      ),
      expect.stringMatching(/^ceph-mon-b is to be removed; /),
    ]);
  });
});

describe("the daemon of a container", () => {
  it("is named in its command line", () => {
    expect(daemonId(["--foreground", "--id", "host1-x"])).toBe("host1-x");
  });

  it.each([[undefined], [[]], [["--id"]], [["7"]], [["--id", "7; reboot"]]])("is not in %j", (line) => {
    expect(() => daemonId(line)).toThrow("a container of a daemon without its id");
  });
});

describe("without protection", () => {
  it("nothing is asked, and nothing held back", async () => {
    await startMocks();
    answer = { ok: false, output: "no" };
    const osds = guardOsds("open", [], monitor, false);
    await osds.beforeDelete.callback(deletion("ceph-osd-b-osd0-container", "7"));
    await osds.afterDelete?.callback(deletion("ceph-osd-b-osd0-container", "7"));
    const monitors = guardMonitors("open", [], monitor, false);
    await monitors.beforeDelete.callback(deletion("ceph-mon-b-container", "b"));
    expect(asked).toEqual([]);
  });
});
