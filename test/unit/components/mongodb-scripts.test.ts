import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, it } from "vitest";
import { scripts } from "../../../components/mongodb/scripts";
import { shell } from "./shell";

const { folder, fake, run, take } = shell();
const at = (name: string) => join(folder, name);

/** A script with the pod's paths in the test's folder. */
function script(name: string): string {
  const file = at(name);
  writeFileSync(
    file,
    (scripts[name] as string)
      .replaceAll("/data/db", at("data"))
      .replaceAll("/run/secrets/farmstack", at("secret"))
      .replaceAll("/tmp/key", at("key"))
      .replaceAll("folder=/backup", `folder=${at("backup")}`),
  );
  return file;
}

beforeEach(() => {
  for (const name of ["data", "secret", "backup"]) {
    rmSync(at(name), { recursive: true, force: true });
    mkdirSync(at(name));
  }
  for (const name of ["key", "log", "up", "cut"]) rmSync(at(name), { force: true });
  writeFileSync(at("secret/key"), "k3y", { mode: 0o440 });
});

describe("start.sh", () => {
  beforeEach(() => {
    // With --port 27018 it is the server of the first start, which ends when it is told to.
    fake(
      "mongod",
      `echo "mongod $*" >>${at("log")}
case $* in *27018*) trap 'rm ${at("up")}; exit 0' TERM; exec >/dev/null 2>&1; touch ${at("data/WiredTiger")} ${at("up")}; for _ in $(seq 50); do sleep 0.1; done ;; esac`,
    );
    fake(
      "mongosh",
      `case $* in
*--file*) [ ! -e ${at("cut")} ] || exit 1; echo admin >>${at("log")} ;;
*) [ -e ${at("up")} ] ;;
esac`,
    );
    fake("sleep", "exec /bin/sleep 0.1");
  });

  const start = (pod: string) =>
    run("env", [`POD=${pod}`, "REPLICA_SET=m", "CACHE_GB=0.50", "sh", script("start.sh")]);
  const log = () => take("log").trim().split("\n");

  it("makes the administrator on the first member's empty volume, and then starts with passwords", () => {
    expect(start("m-0").status).toBe(0);
    const [first, admin, second] = log();
    expect(first).toContain("--bind_ip 127.0.0.1 --port 27018");
    expect(first).not.toContain("--keyFile");
    expect(admin).toBe("admin");
    expect(second).toContain(`--replSet m --keyFile ${at("key")} --wiredTigerCacheSizeGB 0.50`);
    expect(readdirSync(at("data"))).toEqual(["WiredTiger"]);
    expect(statSync(at("key")).mode & 0o777).toBe(0o600);
    expect(readFileSync(at("key"), "utf8")).toBe("k3y");
  });

  it("does it again when it was cut", () => {
    writeFileSync(at("cut"), "");
    expect(start("m-0").status).not.toBe(0);
    expect(existsSync(at("data/farmstack-begun"))).toBe(true);
    rmSync(at("cut"));
    rmSync(at("up"), { force: true });
    log();
    expect(start("m-0").status).toBe(0);
    expect(log()).toHaveLength(3);
    expect(existsSync(at("data/farmstack-begun"))).toBe(false);
  });

  it("touches no data that is there, and leaves the other members empty", () => {
    writeFileSync(at("data/WiredTiger"), "");
    start("m-0");
    expect(log()).toHaveLength(1);
    rmSync(at("data/WiredTiger"));
    start("m-1");
    expect(log()).toHaveLength(1);
    expect(readdirSync(at("data"))).toEqual([]);
  });
});

describe("backup.sh", () => {
  beforeEach(() => {
    const dump = at("dump.gz");
    writeFileSync(dump, gzipSync("data"));
    fake(
      "mongodump",
      `echo "mongodump $*" >>${at("log")}
for word; do case $word in --archive=*) cp ${dump} "\${word#--archive=}" ;; esac; done`,
    );
    fake("mongorestore", `echo "mongorestore $*" >>${at("log")}`);
  });

  const backup = (...args: string[]) =>
    run("env", ["DATABASE=app", "KEEP=2", "sh", script("backup.sh"), ...args]);
  const files = () => readdirSync(at("backup")).sort();
  const old = (name: string) => writeFileSync(at(`backup/${name}`), gzipSync("old"));

  it("saves under its name what is whole, and keeps as many as it should", () => {
    for (const name of [
      "app-20260101T000000Z.archive.gz",
      "app-20260102T000000Z.archive.gz",
      "before-restore-20250101T000000Z.archive.gz",
      ".app-cut.part",
    ])
      old(name);
    expect(backup("backup").status).toBe(0);
    expect(files()).toEqual([
      "app-20260102T000000Z.archive.gz",
      expect.stringMatching(/^app-20(2[6-9]|[3-9]\d)\d{4}T\d{6}Z\.archive\.gz$/),
      "before-restore-20250101T000000Z.archive.gz",
    ]);
    expect(take("log")).not.toMatch(/uri|password/i);
  });

  it("keeps the old ones when the dump fails, or is not whole", () => {
    old("app-20260101T000000Z.archive.gz");
    writeFileSync(at("dump.gz"), gzipSync("data").subarray(0, 15));
    expect(backup("backup").status).not.toBe(0);
    fake("mongodump", "exit 1");
    expect(backup("backup").status).not.toBe(0);
    expect(files().filter((name) => name.endsWith(".gz"))).toEqual(["app-20260101T000000Z.archive.gz"]);
  });

  it("lists them with their sizes", () => {
    old("app-20260101T000000Z.archive.gz");
    expect(backup("list").stdout).toMatch(/^\d+ app-20260101T000000Z\.archive\.gz\n$/);
  });

  it("saves the database as it is before it restores, and leaves the users as they are", () => {
    old("app-20260101T000000Z.archive.gz");
    expect(backup("restore", "app-20260101T000000Z.archive.gz").status).toBe(0);
    const [dump, restore] = take("log").trim().split("\n");
    expect(dump).toContain(".before-restore-");
    expect(restore).toContain(`--archive=${at("backup/app-20260101T000000Z.archive.gz")} --gzip --drop`);
    expect(restore).toContain("--nsExclude admin.*");
    expect(files()).toHaveLength(2);
  });

  it("restores nothing that is not there, not whole, or without having saved what is", () => {
    expect(backup("restore", "no.archive.gz")).toMatchObject({
      status: 2,
      stderr: "there is no no.archive.gz\n",
    });
    writeFileSync(at("backup/bad.archive.gz"), "no gzip");
    expect(backup("restore", "bad.archive.gz").status).not.toBe(0);
    old("good.archive.gz");
    fake("mongodump", "exit 1");
    expect(backup("restore", "good.archive.gz").status).not.toBe(0);
    expect(take("log")).not.toContain("mongorestore");
  });
});
