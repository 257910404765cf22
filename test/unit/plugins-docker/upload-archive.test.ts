import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { uploadArchive, uploadMode } from "../../../lab/plugins/docker/upload-archive";
import { run } from "../../../lab/run";

const folder = mkdtempSync(join(tmpdir(), "upload-archive-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function tar(archive: Buffer, ...args: string[]): Promise<string> {
  const file = join(folder, "archive.tar");
  writeFileSync(file, archive);
  return (await run("tar", [...args, "-f", file], { env: { ...process.env, TZ: "UTC" } })).stdout;
}

describe("uploadArchive", () => {
  it("is a tar archive of root's files with their modes and content", async () => {
    const archive = uploadArchive(
      [
        { file: "/etc/ceph/ceph.conf", content: "fsid = grün\n", permissions: "0400" },
        { file: "/usr/bin/tool", contentBase64: Buffer.alloc(512, 7).toString("base64"), executable: true },
      ],
      1_000_000_000,
    );
    const listing = await tar(archive, "-tv", "--numeric-owner");
    expect(listing.trim().split("\n")).toEqual([
      expect.stringMatching(/^-r-------- 0\/0 +13 2001-09-09 01:46 etc\/ceph\/ceph.conf$/),
      expect.stringMatching(/^-rwxr--r-- 0\/0 +512 2001-09-09 01:46 usr\/bin\/tool$/),
    ]);
    expect(await tar(archive, "-xO", "etc/ceph/ceph.conf")).toBe("fsid = grün\n");
  });

  it("gives a file to a user and a group by their numbers", async () => {
    const file = { file: "/etc/key", content: "x", permissions: "0400", owner: "10000", group: "999" };
    expect(await tar(uploadArchive([file]), "-tv", "--numeric-owner")).toMatch(/^-r-------- 10000\/999 /);
    expect(() => uploadArchive([{ ...file, owner: "harbor" }])).toThrow(
      "takes numbers alone as owner, not harbor",
    );
  });

  it("takes long paths, and names one that is too long", async () => {
    const long = `${"/directory-name".repeat(9)}/${"f".repeat(90)}`;
    expect(await tar(uploadArchive([{ file: long, content: "x" }]), "-t")).toBe(`${long.slice(1)}\n`);
    expect(() => uploadArchive([{ file: `/${"f".repeat(101)}`, content: "x" }])).toThrow("too long");
  });
});

describe("uploadMode", () => {
  it("prefers permissions to executable", () => {
    expect(uploadMode({ file: "/a", permissions: "0640", executable: true })).toBe(0o640);
    expect(uploadMode({ file: "/a", executable: true })).toBe(0o744);
    expect(uploadMode({ file: "/a" })).toBe(0o644);
  });
});
