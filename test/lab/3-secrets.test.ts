import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { labDir } from "../../lab/paths";
import { on, pulumi, tryUp, up } from "./lab";

const hosts = ["host1", "host2", "host3"];

describe("generated secrets", () => {
  let keys: string[];

  beforeAll(async () => {
    const seed = await on("host1", "cat /var/lib/farmstack/ceph/mon-host1/keyring");
    const listed = await on("host1", "docker exec ceph-mon-host1 ceph auth ls --format json 2>/dev/null");
    const { auth_dump } = JSON.parse(listed) as { auth_dump: { entity: string; key: string }[] };
    keys = [...auth_dump.map(({ key }) => key), /key = (\S+)/.exec(seed)?.[1] as string];
    expect(keys.length).toBeGreaterThanOrEqual(4);
  });

  // As Ceph writes it, and as the random bytes in it are written by themselves.
  const forms = () =>
    keys.flatMap((key) => {
      const bytes = Buffer.from(key, "base64").subarray(12);
      return [key, bytes.toString("base64"), bytes.toString("hex")];
    });
  const found = (text: string) => forms().filter((form) => text.includes(form));

  it("are those of the state", async () => {
    const { stdout } = await pulumi(
      "stack",
      "output",
      "cephAdminKeyring",
      "--show-secrets",
      "--stack",
      "dev",
    );
    expect(found(stdout)).not.toEqual([]);
  });

  it("are not in the state's files in clear", async () => {
    const folder = join(labDir, "pulumi", "backend");
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    const texts = await Promise.all(
      files.filter((f) => f.isFile()).map((f) => readFile(join(f.parentPath, f.name), "utf8")),
    );
    expect(texts.length).toBeGreaterThan(2);
    expect(texts.flatMap(found)).toEqual([]);
  });

  it("are not in what Docker shows, nor in the processes' arguments and environment", async () => {
    for (const host of hosts) {
      expect(found(await on(host, "docker inspect $(docker ps -aq)"))).toEqual([]);
      expect(
        found(
          await on(host, "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' ' '; true"),
        ),
      ).toEqual([]);
      expect(
        found(await on(host, "journalctl --no-pager -q; docker logs ceph-mon-" + host + " 2>&1")),
      ).toEqual([]);
    }
  });

  it("are not in what up, preview and a failed command print", async () => {
    const preview = await pulumi("preview", "--stack", "dev", "--diff");
    const detailed = await pulumi("up", "--stack", "dev", "--yes", "--diff", "--refresh");
    // The monitor's store step carries the keyring on standard input; made to fail, it prints all that it ever prints.
    await on("host3", "echo broken > /var/lib/farmstack/ceph/mon-host3/farmstack-identity");
    const urn = /urn:\S+host3-ceph-mon-host3-store/.exec(
      (await pulumi("stack", "--show-urns", "--stack", "dev")).stdout,
    )?.[0];
    try {
      const failed = await tryUp("--target", urn as string, "--replace", urn as string);
      expect(failed.code).not.toBe(0);
      expect(failed.stdout).toContain("belongs to something else (broken, not");
      for (const { stdout, stderr } of [preview, detailed, failed])
        expect(found(stdout + stderr)).toEqual([]);
    } finally {
      const fsid = (await pulumi("stack", "output", "cephFsid", "--stack", "dev")).stdout.trim();
      await on("host3", `echo ${fsid} > /var/lib/farmstack/ceph/mon-host3/farmstack-identity`);
    }
    await up();
  });
});
