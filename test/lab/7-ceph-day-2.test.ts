import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adminSocket } from "../../components/ceph/daemons";
import { ensureDocker } from "../../lab/docker";
import {
  ceph,
  cephCommand,
  cephJson,
  containers,
  inApplication,
  monitors,
  mounted,
  startApplication,
  type Status,
  stopApplication,
  waitForHealth,
} from "./ceph";
import { changedStack, on, pulumi, tryUp, tryUpWith, up, waitFor } from "./lab";
import { commandsOf, typeIn } from "./pages";

const applications = ["host1", "host3"];
const sum = `md5sum <${mounted}/kept`;
const ofCeph = (...path: string[]) => ["config", "farmstack:ceph", ...path];

describe("Ceph, day 2", () => {
  let kept: string;

  beforeAll(async () => {
    await waitForHealth(120);
    for (const host of applications) await startApplication(host);
    kept = await inApplication(
      "host1",
      `dd if=/dev/urandom of=${mounted}/kept bs=1M count=20 2>/dev/null; sync; ${sum}`,
    );
  });
  afterAll(async () => {
    for (const host of applications) await stopApplication(host);
  });

  it("takes a setting while daemons run, and gives it back", async () => {
    const before = await containers();
    const isSet = async () => (await ceph("config show osd.0 osd_max_scrubs")) === "2"; // no release's default
    const setting = ofCeph("settings", "osd", "osd_max_scrubs");
    const changed = await tryUpWith((document) => document.setIn(setting, 2));
    expect(changed.code, changed.stdout).toBe(0);
    await waitFor(isSet, 20);
    const given = await up();
    expect(given).toMatch(/ceph-setting-osd-osd_max_scrubs deleted/);
    await waitFor(async () => !(await isSet()), 20);
    expect(await containers()).toEqual(before);
  });

  it("refuses to set what takes effect at a restart only", async () => {
    const { code, stdout } = await tryUpWith((document) =>
      document.setIn(ofCeph("settings", "osd", "osd_op_num_shards"), 4),
    );
    expect(code).not.toBe(0);
    expect(stdout).toContain(
      "osd_op_num_shards takes effect at a restart only: put it under ceph.startupSettings",
    );
    await up();
  });

  it("has a client for Kubernetes that may do its work, and no more", async () => {
    const as = (command: string) => asClient("kubernetes", command);
    expect((await as("fs subvolume create cephfs test csi")).ok).toBe(true);
    expect((await as("fs subvolume rm cephfs test csi")).ok).toBe(true);
    for (const refused of [
      "auth ls",
      "osd out 0",
      "config set osd osd_max_scrubs 1",
      "osd pool create theirs",
    ])
      expect(await as(refused), refused).toMatchObject({
        ok: false,
        output: expect.stringMatching(/EACCES|denied/),
      });
  });

  it("gives a client another key when it is rotated, and the old one is worth nothing", async () => {
    const old = await clientKeyring("kubernetes");
    const file = await changedStack(() => undefined);
    const rotated = await cephCommand(["rotate", "kubernetes"], file);
    expect(rotated.code, rotated.stderr).toBe(0);
    const changed = await tryUp("--config-file", file);
    expect(changed.code, changed.stdout).toBe(0);
    expect(await clientKeyring("kubernetes")).not.toBe(old);
    expect((await asClient("kubernetes", "fs subvolume ls cephfs csi")).ok).toBe(true);
    expect(await asClient("kubernetes", "fs subvolume ls cephfs csi", old)).toMatchObject({ ok: false });
    await up(); // back to what the tree says: a third key
  });

  it("has its file system mounted again after a crash of the mount, and never writes beside it", async () => {
    const name = "ceph-mount-host3-mnt-cephfs";
    await on("host3", `kill -KILL $(docker inspect -f '{{.State.Pid}}' ${name})`);
    const seconds = await waitFor(async () => (await inApplication("host3", sum)) === kept, 60);
    expect(Number(await on("host3", `docker inspect -f '{{.RestartCount}}' ${name}`))).toBeGreaterThan(0);
    process.stdout.write(`mount crashed: there again after ${seconds} s\n`);
    await on("host3", `docker stop ${name}`);
    const written = await on("host3", `touch ${mounted}/beside 2>&1 || ls -A ${mounted}`);
    expect(written).toMatch(/not permitted/);
    await on("host3", `docker start ${name}`);
    await waitFor(async () => (await inApplication("host3", sum)) === kept, 60);
  });

  it("has its file system mounted again after a boot", async () => {
    const { client } = await ensureDocker();
    await client.getContainer("farmstack-lab-host3").restart();
    const seconds = await waitFor(async () => {
      await on("host3", "mountpoint -q /mnt/cephfs");
      return (await on("host3", sum)) === kept;
    }, 180);
    process.stdout.write(`host3 booted: mounted again after ${seconds} s\n`);
    await waitForHealth(180);
    await startApplication("host3");
  });

  it("lets monitors go one at a time, and takes them back with fresh stores", async () => {
    const mounts = async () => {
      const all = Object.entries(await containers());
      return Object.fromEntries(all.filter(([name]) => name.startsWith("/ceph-mount-")));
    };
    const before = await mounts();
    const fewer = await tryUpWith((document) => document.setIn(ofCeph("monitors"), ["host1"]));
    expect(fewer.code, fewer.stdout + fewer.stderr).toBe(0);
    expect((await cephJson<Status>("status")).quorum_names).toEqual(["host1"]);
    expect(await on("host2", "ls -d /var/lib/farmstack/ceph/mon-host2.removed-*")).toBeTruthy();
    await up();
    expect((await cephJson<Status>("status")).quorum_names.sort()).toEqual(monitors);
    await waitForHealth(180);
    expect(await inApplication("host3", sum)).toBe(kept);
    expect(await mounts()).toEqual(before); // what has files open there went on
  });

  it("brings the monitors back from a backup, older than the OSDs' maps, when all of their stores are lost", async () => {
    const folder = await mkdtemp(join(tmpdir(), "farmstack-backup-"));
    const backup = join(folder, "backup");
    try {
      const saved = await cephCommand(["backup", backup]);
      expect(saved.code, saved.stderr).toBe(0);
      await waitFor(async () => (await cephJson<Status>("status")).quorum_names.length === 3, 60);
      const state = await readFile(join(backup, "state.json"), "utf8");
      expect(state).not.toContain(await ceph("auth print-key client.admin"));

      const refused = await cephCommand(["restore", backup]);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain("Nothing was changed");

      // The maps move on after the backup, as they do where a cluster lives.
      const twice = "ceph osd set nodeep-scrub && ceph osd unset nodeep-scrub";
      await on("host1", `docker exec ceph-mon-host1 sh -ec 'for i in $(seq 10); do ${twice}; done' 2>&1`);

      for (const host of monitors)
        await on(
          host,
          `docker rm -f ceph-mon-${host} && mv /var/lib/farmstack/ceph/mon-${host} /var/lib/farmstack/ceph/mon-${host}.lost`,
        );
      const older = await cephCommand(["restore", backup]);
      expect(older.code).toBe(2);
      expect(older.stderr).toContain("go on with --older-maps");
      const restored = await cephCommand(["restore", backup, "--older-maps"]);
      expect(restored.code, restored.stderr).toBe(0);
      await up("--refresh");
      expect((await cephJson<Status>("status")).quorum_names.sort()).toEqual(monitors);
      await waitForHealth(180);
      expect(await inApplication("host3", sum)).toBe(kept);
      for (const host of monitors) await on(host, `rm -r /var/lib/farmstack/ceph/mon-${host}.lost`);

      // It says HEALTH_OK, and OSDs pass over what changes until its maps have higher numbers than theirs.
      const [, newest = ""] = /newest map of an OSD that runs: (\d+)/.exec(restored.stdout) ?? [];
      expect((await epochs()).monitors).toBeLessThan(Number(newest));
      const [letPass = ""] = await commandsOf("backup.md", "When the backup is older than the OSDs' maps");
      await typeIn(letPass, { MONITOR: "host1", NEWEST: newest });
      for (const daemon of ["mgr", "osd"])
        for (const host of monitors) {
          await on(
            host,
            `docker ps --quiet --filter name=^ceph-${daemon}- | xargs --no-run-if-empty docker restart`,
          );
          await waitFor(async () => (await cephJson<Status>("status")).osdmap.num_up_osds === 3, 60);
          await waitForHealth(60);
        }
      await ceph("osd set nodeep-scrub");
      await ceph("osd unset nodeep-scrub");
      await waitFor(async () => {
        const { monitors: now, osds } = await epochs();
        return now > Number(newest) && osds.every((epoch) => epoch === now);
      }, 30);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("is not destroyed by mistake", async () => {
    const before = await containers();
    const { code, stdout } = await pulumi("destroy", "--stack", "dev", "--preview-only", "--run-program");
    expect(code).not.toBe(0);
    expect(stdout).toMatch(/its data is not safe without it|protected/);
    expect(await containers()).toEqual(before);
  });
});

/** Number of the newest map that the monitors have, and of the one that each OSD has. */
async function epochs(): Promise<{ monitors: number; osds: number[] }> {
  const { epoch } = await cephJson<{ epoch: number }>("osd dump");
  const status = `docker exec $(docker ps --quiet --filter name=^ceph-osd-) ceph --admin-daemon ${adminSocket("osd")} status`;
  const osds = await Promise.all(
    monitors.map(async (host) => (JSON.parse(await on(host, status)) as { newest_map: number }).newest_map),
  );
  return { monitors: epoch, osds };
}

/** Keyring of a client, from the stack's outputs. */
async function clientKeyring(name: string): Promise<string | undefined> {
  const { stdout } = await pulumi("stack", "output", "--stack", "dev", "--json", "--show-secrets");
  return (JSON.parse(stdout) as { cephClientKeyrings: Record<string, string> }).cephClientKeyrings[name];
}

/** Asks the cluster as a client, by the keyring of the stack's outputs or another one. */
async function asClient(name: string, command: string, keyring?: string) {
  const text = keyring ?? (await clientKeyring(name));
  const script = `umask 077; cat >/tmp/keyring <<KEYRING
${text}KEYRING
timeout 60 ceph --connect-timeout 20 --name client.${name} --keyring /tmp/keyring ${command} 2>&1 || echo "FAILED $?"; rm /tmp/keyring`;
  const output = await on("host1", `docker exec -i ceph-mon-host1 sh -s <<'SCRIPT'\n${script}\nSCRIPT`);
  return { ok: !/FAILED \d+$/.test(output), output };
}
