import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { osdCommand } from "../../../components/ceph/daemons";
import { filesystemScript } from "../../../components/ceph/filesystem";
import { grantScript } from "../../../components/ceph/grants";
import { dashboardScript, moduleScript } from "../../../components/ceph/modules";
import { poolScript } from "../../../components/ceph/pools";
import { settingScript } from "../../../components/ceph/settings";
import { setStoreAside } from "../../../components/ceph/store";
import { wrapScript } from "../../../components/hosts/shell";
import { shell } from "./shell";

const { folder, fake, run, sh, take } = shell();
const monitor = "ceph-mon-a";

/**
 * A `docker` that notes what `ceph` is asked and what it reads, and answers by patterns of the shell. What is read is
 * kept in `stdin`.
 */
function cephAnswers(answers: Record<string, string> = {}): void {
  const cases = Object.entries(answers).map(([pattern, answer]) => `${pattern}) ${answer} ;;`);
  fake(
    "docker",
    `[ "$2" != --interactive ] || { shift; cat >>${folder}/stdin; }
shift 5 # exec ceph-mon-a ceph --connect-timeout 30
echo "$*" >>${folder}/asked
case "$*" in
${cases.join("\n")}
esac`,
  );
}

const asked = () => take("asked").trim().split("\n");

beforeEach(() => {
  take("asked");
  take("stdin");
  fake("sleep", "exit 0");
});

describe("every script", () => {
  const keyring = "[client.one]\n\tkey = KEY==\n";
  it.each([
    ["setting", settingScript(monitor, "client.it's", "a_b", "$(id) 'x' `id`")],
    ["pool", poolScript(monitor, { name: "it's" })],
    ["pool with placement groups", poolScript(monitor, { name: "one", placementGroups: 8 })],
    ["file system", filesystemScript(monitor, "files")],
    ["grant", grantScript(monitor, keyring)],
    ["module", moduleScript(monitor, "prometheus")],
    ["dashboard", dashboardScript(monitor, "password")],
    ["store set aside", setStoreAside("/var/lib/it's", "ceph-osd-a")],
  ])("is one that a POSIX shell accepts: %s", (_, script) => {
    expect(run("sh", ["-n"], wrapScript(script))).toMatchObject({ status: 0, stderr: "" });
  });
});

describe("a setting", () => {
  const help = (runtime: boolean) =>
    `echo '{"name": "one", "flags": ["x"], "can_update_at_runtime": ${String(runtime)}}'`;
  const set = () => sh(settingScript(monitor, "osd", "osd_one", "it's 5"));

  it("is set when daemons take it while they run", () => {
    cephAnswers({ '"config help osd_one"*': help(true) });
    expect(set().status).toBe(0);
    expect(asked()).toEqual(["config help osd_one --format json", "config set osd osd_one it's 5"]);
  });

  it("is refused when it takes effect at a restart only", () => {
    cephAnswers({ '"config help"*': help(false) });
    const { status, stderr } = set();
    expect(status).toBe(1);
    expect(stderr).toContain("osd_one takes effect at a restart only: put it under ceph.startupSettings");
    expect(asked()).toHaveLength(1);
  });

  it("is left to Ceph to refuse when nobody knows it", () => {
    cephAnswers({
      '"config help"*': "echo 'Error ENOENT' >&2; exit 2",
      '"config set"*': `echo "Error EINVAL: unrecognized config option 'osd_one'" >&2; exit 22`,
    });
    const { status, stderr } = set();
    expect(status).toBe(22);
    expect(stderr).toContain("unrecognized config option 'osd_one'");
  });
});

describe("a pool", () => {
  it("is made where it is missing", () => {
    cephAnswers({ '"osd pool ls"': "echo other" });
    expect(sh(poolScript(monitor, { name: "disks", copies: 2, minCopies: 1 })).status).toBe(0);
    expect(asked()).toEqual([
      "osd pool ls",
      "osd pool create disks",
      "osd pool set disks size 2",
      "osd pool set disks min_size 1",
      "osd pool set disks pg_autoscale_mode on",
      "osd pool application get disks --format json",
      "osd pool application enable disks rbd",
    ]);
  });

  it("that is there keeps its data and gets its settings", () => {
    cephAnswers({
      '"osd pool ls"': "echo disks",
      '"osd pool application get"*': `echo '{"rbd": {}}'`,
    });
    expect(sh(poolScript(monitor, { name: "disks", placementGroups: 8 })).status).toBe(0);
    expect(asked()).toEqual([
      "osd pool ls",
      "osd pool set disks size 3",
      "osd pool set disks min_size 2",
      "osd pool set disks pg_autoscale_mode off",
      "osd pool set disks pg_num 8",
      "osd pool application get disks --format json",
    ]);
  });

  it("is not one whose name only begins like it", () => {
    cephAnswers({ '"osd pool ls"': "echo disks2" });
    sh(poolScript(monitor, { name: "disks" }));
    expect(asked()).toContain("osd pool create disks");
  });
});

describe("a file system", () => {
  it("is made with its pools, once", () => {
    cephAnswers({ '"osd pool ls"': "echo files_data", '"fs ls"*': "echo '[]'" });
    expect(sh(filesystemScript(monitor, "files")).status).toBe(0);
    const made = asked().filter((line) => !/ ls\b/.test(line));
    expect(made).toEqual(["osd pool create files_metadata", "fs new files files_metadata files_data"]);

    cephAnswers({
      '"osd pool ls"': "printf 'files_data\\nfiles_metadata\\n'",
      '"fs ls"*': `echo '[{"name":"files"}]'`,
    });
    expect(sh(filesystemScript(monitor, "files")).status).toBe(0);
    expect(asked().filter((line) => !/ ls\b/.test(line))).toEqual([]);
  });
});

it("a key goes to the cluster by standard input", () => {
  cephAnswers();
  expect(sh(grantScript(monitor, "[client.one]\n\tkey = KEY==\n")).status).toBe(0);
  expect(asked()).toEqual(["auth import -i -"]);
  expect(take("stdin")).toBe("[client.one]\n\tkey = KEY==\n");
});

describe("a module", () => {
  const services = `echo '{"dashboard": "https://a:8443/", "prometheus": "http://a:9283/"}'`;

  it("is on when a manager serves it", () => {
    cephAnswers({ '"mgr services"*': services });
    expect(sh(moduleScript(monitor, "prometheus"))).toMatchObject({ status: 0, stdout: "http://a:9283/\n" });
    expect(asked()[0]).toBe("mgr module enable prometheus");
  });

  it("that no manager serves is a failure", () => {
    cephAnswers({ '"mgr services"*': "echo '{}'" });
    const impatient = moduleScript(monitor, "prometheus").replace("-ge 180", "-ge 2");
    const { status, stderr } = sh(impatient);
    expect(status).toBe(1);
    expect(stderr).toContain("no manager serves the module prometheus");
    expect(asked()).toHaveLength(3);
  });

  it.each([
    ["[]", "dashboard ac-user-create admin -i - administrator"],
    ['["admin"]', "dashboard ac-user-set-password admin -i -"],
  ])(
    "dashboard: with the users %s there is one afterwards, its password by standard input",
    (users, done) => {
      cephAnswers({
        '"mgr services"*': services,
        '"dashboard ac-user-show"*': `echo '${users}'`,
        '"config-key exists"*': "exit 2",
      });
      const result = sh(dashboardScript(monitor, "PASSWORD OF MINE"));
      expect(result).toMatchObject({ status: 0, stdout: "https://a:8443/\n" });
      expect(take("stdin")).toBe("PASSWORD OF MINE\n");
      expect(asked()).toEqual([
        "mgr module enable dashboard",
        "dashboard ac-user-show --format json",
        "config-key exists mgr/dashboard/crt",
        "dashboard create-self-signed-cert",
        done,
        "mgr module disable dashboard",
        "mgr module enable dashboard",
        "mgr services --format json",
      ]);
    },
  );

  it("dashboard: keeps the certificate that it has", () => {
    cephAnswers({ '"mgr services"*': services, '"dashboard ac-user-show"*': "echo '[]'" });
    expect(sh(dashboardScript(monitor, "password")).status).toBe(0);
    expect(asked()).not.toContain("dashboard create-self-signed-cert");
  });
});

describe("a store that is no longer declared", () => {
  it("is moved out of the way with all that is in it", () => {
    const store = join(folder, "it's a store");
    mkdirSync(store);
    writeFileSync(join(store, "data"), "all");
    fake("date", "echo 20260101T000000Z");
    fake("docker", "exit 0");
    expect(run("sh", ["-c", setStoreAside(store, "ceph-osd-a")]).status).toBe(0);
    expect(readFileSync(join(store, "data"), "utf8")).toBe("all"); // its container is there
    fake("docker", "exit 1");
    expect(run("sh", ["-c", setStoreAside(store, "ceph-osd-a")]).status).toBe(0);
    expect(readFileSync(join(`${store}.removed-20260101T000000Z`, "data"), "utf8")).toBe("all");
    expect(run("sh", ["-c", setStoreAside(store, "ceph-osd-a")]).status).toBe(0); // there is none any more
  });
});

it("an OSD on a device gets the device first, and is the container's only process", () => {
  fake("chown", `echo "chown $*"`);
  fake("ceph-osd", 'echo "ceph-osd $*"');
  const [program = "", ...args] = osdCommand("3", true).map(String);
  const { stdout } = run(program, args);
  expect(stdout).toMatch(
    /^chown ceph:ceph \/run\/ceph \/dev\/osd\nceph-osd --foreground --id 3 .*--osd-data \S+\n$/,
  );
  expect(args.join(" ")).toContain("&& exec ");
  expect(osdCommand("3", false)[2]).toContain("chown ceph:ceph /run/ceph &&");
});
