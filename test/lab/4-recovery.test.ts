import { describe, expect, it } from "vitest";
import { labStatus } from "../../lab/status";
import { on, pulumi, up, waitFor } from "./lab";

describe("recovery", () => {
  it("brings back a monitor that was removed, with the same identity", async () => {
    const uuid = () =>
      on(
        "host2",
        "docker exec ceph-mon-host2 ceph daemon mon.host2 mon_status | grep -A 3 monmap; stat -c %i /var/lib/farmstack/ceph/mon-host2",
      );
    const before = await uuid();
    await on("host2", "docker rm -f ceph-mon-host2");
    await waitFor(async () => !(await labStatus()).ok, 60); // the other monitors need a moment to notice

    const refresh = await pulumi("refresh", "--stack", "dev", "--yes");
    expect(refresh.code, refresh.stdout).toBe(0);
    expect(refresh.stdout).toMatch(/ceph-mon-host2-container.*delete/);

    const printed = await up();
    expect(printed).toMatch(/ceph-mon-host2-container.*created/);
    expect(await uuid()).toBe(before);
    const { ceph } = await labStatus();
    expect([...(ceph?.monitors.quorum ?? [])].sort()).toEqual(["host1", "host2", "host3"]);
  });

  it("goes on with a monitor down, and takes it back when its host boots", async () => {
    await on("host3", "docker stop ceph-mon-host3");
    const seen = await waitFor(async () => (await labStatus()).ceph?.monitors.quorum.length === 2, 180);
    await on("host3", "docker start ceph-mon-host3");
    const back = await waitFor(async () => (await labStatus()).ok, 180);
    process.stdout.write(`quorum of two seen after ${seen} s, of three again after ${back} s\n`);
    // A daemon that starts a second time in the same container has its admin socket too: gates and checks ask there.
    const health = "docker inspect -f '{{.State.Health.Status}}' ceph-mon-host3";
    await waitFor(async () => (await on("host3", health)) === "healthy", 90);
  });
});
