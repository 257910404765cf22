import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureDocker } from "../../lab/docker";
import { publish } from "../../lab/hosts/registry";
import { labImages } from "../../lab/images";
import { labDir, projectRoot } from "../../lab/paths";
import { anyCode } from "../../lab/run";
import { Workspace } from "../../lab/toolchain/workspace";
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
  watch,
} from "./ceph";
import { changedStack, changeStack, lab, on, pulumi, tryUp, up, waitFor } from "./lab";
import { commandsOf, typeIn } from "./pages";

const data = "/var/lib/farmstack";
const sum = `md5sum <${mounted}/kept`;

/** What docs/runbooks.md says of storage, done as its pages say it. Leaves a cluster of a newer Ceph. */
describe("storage", () => {
  let kept: string;
  /** A further disk of host1, and the stack that has it. */
  let disk: string;
  let withDisk: string;

  beforeAll(async () => {
    await waitForHealth(120);
    await startApplication("host1");
    await startApplication("host3");
    kept = await inApplication(
      "host1",
      `dd if=/dev/urandom of=${mounted}/kept bs=1M count=20 2>/dev/null; sync; ${sum}`,
    );
  });
  afterAll(async () => {
    await inApplication("host1", `rm -f ${mounted}/kept`);
    await stopApplication("host1");
    await stopApplication("host3");
  });

  it("comes back from one monitor's store when the quorum is lost, with its data", async () => {
    const [good, ...lost] = ["host2", "host1", "host3"];
    for (const host of lost)
      await on(
        host,
        `docker stop ceph-mon-${host} && mv ${data}/ceph/mon-${host} ${data}/ceph/mon-${host}.test && docker start ceph-mon-${host}`,
      );
    // Docker makes an empty directory where there was a store.
    await waitFor(async () => (await on("host1", `ls -d ${data}/ceph/mon-host1`)) !== "", 30);
    await waitFor(async () => {
      const { code, stdout } = await lab("status");
      return code !== 0 && stdout.includes("ceph: no monitor answers");
    }, 60); // the one that is left answers until its lease is over

    const words = { GOOD: good as string, LOST: lost.join(" "), DATA: data };
    for (const commands of await commandsOf("backup.md", "When some monitors are lost"))
      await typeIn(commands, words);
    const begun = Date.now();
    expect(await up("--refresh")).not.toMatch(/[+-] +docker/);
    process.stdout.write(`quorum back ${Math.round((Date.now() - begun) / 1000)} s after the copy\n`);
    expect((await cephJson<Status>("status")).quorum_names.sort()).toEqual(monitors);
    await waitForHealth(120);
    expect(await inApplication("host3", sum)).toBe(kept);
    expect((await lab("status")).code).toBe(0);
    for (const host of lost)
      await on(host, `rm -r ${data}/ceph/mon-${host}.lost ${data}/ceph/mon-${host}.test`);
  });

  it("refuses what is written while OSDs are full, and has room again after a disk more and a deletion", async () => {
    const usage = async () =>
      (await cephJson<{ nodes: { utilization: number }[] }>("osd df")).nodes.map(
        (osd) => osd.utilization / 100,
      );
    await inApplication("host1", `echo before >${mounted}/there`);
    const before = await usage();
    await inApplication("host1", `dd if=/dev/zero of=${mounted}/much bs=1M count=240 conv=fsync 2>/dev/null`);
    await waitFor(async () => (await usage()).every((now, osd) => now > (before[osd] ?? 1) + 0.06), 60);
    const least = Math.min(...(await usage()));
    const [raise = "", putBack = ""] = await commandsOf("ceph.md", "When OSDs are full");
    const words = { MONITOR: "host1" };
    try {
      // In place of filling disks: what they hold is too much from here on.
      for (const [ratio, less] of Object.entries({ nearfull: 0.06, backfillfull: 0.055, full: 0.05 }))
        await ceph(`osd set-${ratio}-ratio ${(least - less).toFixed(4)}`);
      await waitFor(async () => (await ceph("health")).includes("3 full osd(s)"), 60);
      const shown = await cephCommand(["status"]);
      expect(shown.code).toBe(3);
      expect(shown.stdout).toContain("OSD_FULL: 3 full osd(s)");

      const tried = (command: string) =>
        inApplication("host3", `timeout --signal KILL 20 ${command} 2>&1 || echo FAILED`);
      expect(await tried(`cat ${mounted}/there`)).toBe("before");
      expect(await tried(`touch ${mounted}/new`)).toMatch(
        /(Permission denied|No space left on device)\nFAILED$/,
      );
      const append = `dd if=/dev/zero of=${mounted}/there bs=1M count=1 seek=1 conv=notrunc,fsync`;
      expect(await tried(append)).toMatch(/No space left on device[^]*FAILED$/);
      const put = await on(
        "host1",
        "docker exec ceph-mon-host1 timeout 10 rados --pool rbd put new /etc/hostname || echo FAILED",
      );
      expect(put, "a client of a pool waits").toBe("FAILED");

      disk = await on("host1", "truncate -s 2G /root/osd.img && losetup --find --show /root/osd.img");
      withDisk = await changedStack((document) =>
        document.addIn(["config", "farmstack:ceph", "osds"], { host: "host1", device: disk }),
      );
      const untouched = await containers();
      const added = await tryUp("--config-file", withDisk);
      expect(added.code, added.stdout).toBe(0);
      expect(added.stdout).toMatch(/Resources:\n\s+\+ \d+ created\n\s+\d+ unchanged\n/);
      expect(await containers()).toMatchObject(untouched);
      expect(await ceph("health")).toContain("full osd(s)");
      await typeIn(raise, words); // copies move now
      await waitForHealth(120);
      await inApplication("host3", `rm ${mounted}/much ${mounted}/there`);
    } finally {
      await typeIn(putBack, words);
    }
    expect(await ceph("osd dump")).toMatch(/full_ratio 0.95\nbackfillfull_ratio 0.9\nnearfull_ratio 0.85/);
    await waitForHealth(60);
    expect(await inApplication("host3", sum)).toBe(kept);
  });

  it("knows by a disk whose it is when an OSD's files on its host are lost", async () => {
    const [store, container] = namesOf(disk);
    const uuid = () => on("host1", `cat ${data}/ceph/${store}/fsid`);
    const its = await uuid();
    await on("host1", `docker stop ${container} && rm -r ${data}/ceph/${store}`);
    await up("--config-file", withDisk, "--replace", `**host1-${container}-store`);
    await on("host1", `docker restart ${container}`);
    await waitForHealth(120);
    expect(await uuid()).toBe(its);
  });

  it("has a new disk in place of one that broke, and lets it go only when its data is safe without it", async () => {
    const [store, container] = namesOf(disk);
    const blank = `losetup --detach ${disk} && rm /root/osd.img && truncate -s 2G /root/osd.img && losetup ${disk} /root/osd.img`;
    await on("host1", `docker kill ${container} && ${blank}`);
    await waitFor(async () => (await ceph("health")).includes("1 osds down"), 60);
    const found = await lab("status");
    expect(found.code).not.toBe(0);

    const [aside = "", renewed = ""] = await commandsOf("replace-host.md", "A disk broke");
    await typeIn(aside, { HOST: "host1", DATA: data, CONTAINER: container, STORE: store });
    const words = /--replace '(.*)'/.exec(renewed)?.[1] ?? "";
    const printed = await up(
      ...["--refresh", "--config-file", withDisk],
      ...["--replace", words.replace("HOST", "host1").replace("CONTAINER", container)],
    );
    expect(printed).toMatch(/1 updated\n\s+\+-1 replaced/);
    await waitForHealth(120);
    expect((await cephJson<Status>("status")).osdmap).toMatchObject({ num_osds: 4, num_up_osds: 4 });
    expect(await inApplication("host3", sum)).toBe(kept);

    for (const refused of [await pulumi("preview", "--stack", "dev"), await tryUp()]) {
      expect(refused.code).not.toBe(0);
      expect(refused.stdout).toContain(`(${container}) is no longer in the configuration`);
    }
    expect(await on("host1", `docker inspect -f '{{.State.Running}}' ${container}`)).toBe("true");
    expect((await cephCommand(["drain", "host1", `${disk}x`], withDisk)).stderr).toContain(disk);
    const drained = await cephCommand(["drain", "host1", disk], withDisk);
    expect(drained.code, drained.stderr).toBe(0);
    await up();
    expect((await cephJson<Status>("status")).osdmap.num_osds).toBe(3);
    await on("host1", `losetup --detach ${disk} && rm -r /root/osd.img ${data}/ceph/${store}.*`);
    await waitForHealth(60);
    expect(await inApplication("host3", sum)).toBe(kept);
  });

  it("has its state again in an empty backend, of a backup, and takes another passphrase", async () => {
    const folder = await mkdtemp(join(tmpdir(), "farmstack-state-"));
    const [backup, project, backend] = ["backup", "project", "backend"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const file = join(project, "Pulumi.dev.yaml");
    try {
      const saved = await cephCommand(["backup", backup]);
      expect(saved.code, saved.stderr).toBe(0);
      await mkdir(project);
      await mkdir(backend);
      await copyFile(join(projectRoot, "Pulumi.yaml"), join(project, "Pulumi.yaml"));
      await copyFile(join(backup, "stack.yaml"), file);
      await copyFile(join(labDir, "pulumi", "passphrase"), join(backend, "passphrase"));

      const empty = await Workspace.open(backend, join(labDir, "pulumi", "home"));
      const inProject = (args: string[], input?: string) => empty.pulumi(args, { cwd: project, input });
      await inProject(["stack", "init", "dev"]);
      await inProject(["stack", "import", "--stack", "dev", "--file", join(backup, "state.json")]);
      const nothingToDo = ["preview", "--stack", "dev", "--expect-no-changes", "--non-interactive"];
      const look = () => empty.pulumi([...nothingToDo, "--config-file", file], { allow: anyCode });
      const first = await look();
      expect(first.code, first.stdout + first.stderr).toBe(0);

      await inProject(["stack", "change-secrets-provider", "passphrase", "--stack", "dev"], "another one\n");
      expect((await look()).stderr).toContain("incorrect passphrase");
      await writeFile(join(backend, "passphrase"), "another one");
      const again = await look();
      expect(again.code, again.stdout + again.stderr).toBe(0);
      const { stdout } = await inProject([
        "stack",
        "output",
        "cephAdminKeyring",
        "--show-secrets",
        "--stack",
        "dev",
      ]);
      expect(stdout).toContain(await ceph("auth print-key client.admin"));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("goes to Ceph 18, one daemon after the other, with its data", async () => {
    const version = await publishNextCeph();
    const before = await containers();
    await changeStack((document) =>
      document.setIn(["config", "farmstack:images", "overrides", "ceph"], `lab/ceph:${version}`),
    );
    const watched = watch();
    const changed = await tryUp();
    const { quorum, osdsDown, withoutQuorum } = await watched.stop();
    process.stdout.write(
      `upgrade: fewest monitors in quorum ${quorum}, ${withoutQuorum} ms between two sights of a quorum, most OSDs down ${osdsDown}\n`,
    );
    expect(changed.code, changed.stdout + changed.stderr).toBe(0);
    expect(quorum).toBeGreaterThanOrEqual(2);
    expect(osdsDown).toBeLessThanOrEqual(1);
    for (const [daemon, id] of Object.entries(await containers()))
      expect(id, daemon).not.toBe(before[daemon]);

    const [finish = ""] = await commandsOf("ceph.md", "Upgrade");
    await waitFor(async () => (await ceph("health detail")).includes("OSD_UPGRADE_FINISHED"), 120);
    const printed = await typeIn(finish, { MONITOR: "host1", RELEASE: "reef" });
    const { overall } = JSON.parse(printed) as { overall: Record<string, number> };
    expect(Object.keys(overall)).toEqual([expect.stringContaining(`ceph version ${version} `)]);
    expect(Object.values(overall)).toEqual([monitors.length + 2 + 3 + 2]);
    await waitForHealth(120);

    await startApplication("host3"); // the mount is another one
    expect(await inApplication("host3", sum)).toBe(kept);
    await inApplication("host3", `echo after >${mounted}/after && sync ${mounted}/after`);
    await startApplication("host1");
    expect(await inApplication("host1", `cat ${mounted}/after && rm ${mounted}/after`)).toBe("after");
    const again = await pulumi("preview", "--stack", "dev", "--expect-no-changes");
    expect(again.code, again.stdout + again.stderr).toBe(0);
    expect((await lab("status")).code).toBe(0);
  });
});

/** Puts the newer Ceph into the lab's registry, and gives its version. It is built here: nothing else needs it. */
async function publishNextCeph(): Promise<string> {
  const { version } = labImages()["ceph-next"];
  await publish(await ensureDocker(), "ceph-next", { repo: "lab/ceph" });
  return version;
}

/** Directory of an OSD's files on its host, and its container. */
const namesOf = (disk: string) => {
  const last = disk.split("/").pop();
  return [`osd-${last}`, `ceph-osd-host1-${last}`] as const;
};
