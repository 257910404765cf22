import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Finding } from "../../tools/doctor/finding";
import { type StackStatus } from "../../tools/status/stack-status";
import { lookAt } from "./drawing";
import { command, on, waitFor } from "./lab";

describe("the commands for every day, on the lab", () => {
  it("doctor finds nothing in the way, and what is put there", async () => {
    const { code, stdout, stderr } = await command("doctor", ["--json"]);
    const { findings } = JSON.parse(stdout) as { findings: Finding[] };
    expect(findings.filter(({ state }) => state === "fault")).toEqual([]);
    expect(code, stderr).toBe(0);
    for (const host of ["host1", "host2", "host3"])
      expect(findings.filter(({ where }) => where === host).map(({ what }) => what)).toEqual(
        expect.arrayContaining(["ssh", "sudo", "clock", "disk", "memory", "ports", "kernel", "registry"]),
      );
  });

  it("status is well, and says which container is not", async () => {
    let printed = "";
    await waitFor(async () => {
      const { code, stdout, stderr } = await command("status", ["--json"]);
      expect(code, stdout + stderr).toBe(0);
      printed = stdout;
      return true;
    }, 120); // a machine has just been replaced
    const { hosts, ceph, kubernetes, certificates } = JSON.parse(printed) as StackStatus;
    expect(hosts.map(({ reachable }) => reachable)).toEqual([true, true, true]);
    expect([ceph?.monitors.quorum.length, kubernetes?.answers]).toEqual([3, true]);
    const names = certificates.map(({ name, host }) => [host, name].filter(Boolean).join(" "));
    expect(names).toEqual(expect.arrayContaining(["host1 apiserver", "host1 ca", "logging-ca"]));
    for (const { name, ends } of certificates) expect(Date.parse(ends), name).toBeGreaterThan(Date.now());

    await on("host2", "docker stop ceph-mds-host2");
    try {
      const { code, stdout } = await command("status", []);
      expect(code).toBe(2);
      expect(stdout).toContain("! ceph-mds-host2 on host2 is exited: docker start ceph-mds-host2");
    } finally {
      await on("host2", "docker start ceph-mds-host2");
    }
  });

  it("diagram draws what can be read in a browser: no text is cut, covered or too small", async () => {
    const folder = await mkdtemp(join(tmpdir(), "farmstack-diagram-"));
    try {
      const file = join(folder, "dev.svg");
      const { code, stdout, stderr } = await command("diagram", ["--output", file]);
      expect(code, stdout + stderr).toBe(0);
      const svg = await readFile(file, "utf8");
      const seen = await lookAt(svg, "dev-stack");
      expect(seen.texts.map(({ text }) => text)).toEqual(
        expect.arrayContaining(["host1", "10.77.0.11", "mon", "profiles", "http://10.77.0.11:30080/"]),
      );
      expect(seen.texts.filter(({ height }) => height < 11)).toEqual([]);
      expect(seen.texts.filter(({ outside }) => outside)).toEqual([]);
      expect(seen.overlaps).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
