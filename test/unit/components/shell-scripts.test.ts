import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync, mkdirSync, chmodSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { managerGate, mayStop, monitorGate, quorumGate } from "../../../components/ceph/gates";
import { monitorStoreScript } from "../../../components/ceph/monitor-store";
import { osdCheckScript, type OsdStore, osdStoreScript } from "../../../components/ceph/osd-store";
import { leftoverScript } from "../../../components/container/leftover";
import { auditRules, daemonJson, prepareScript, sysctlConf } from "../../../components/hosts/prepare";
import { quote, wrapScript } from "../../../components/hosts/shell";
import { exampleHost } from "./examples";

// The scripts are run by a real shell, with a `docker` of the test's own first on PATH.
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "farmstack-test-"));
  mkdirSync(join(folder, "bin"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function fakeDocker(script: string): void {
  writeFileSync(join(folder, "bin", "docker"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, "bin", "docker"), 0o755);
}

const sh = (script: string) =>
  spawnSync("sh", ["-s"], {
    input: wrapScript(script),
    encoding: "utf8",
    env: { ...process.env, PATH: `${join(folder, "bin")}:${process.env.PATH}` },
  });

const gate = {
  container: "ceph-mon-a",
  because: "abc",
  patience: 1,
  look: "ssh root@192.0.2.11 docker logs ceph-mon-a",
};

describe("quote", () => {
  it("keeps any text as one word", () => {
    const text = fc.string().filter((value) => !value.includes("\0"));
    fc.assert(
      fc.property(text, (value) => {
        expect(execFileSync("sh", ["-c", `printf %s ${quote(value)}`], { encoding: "utf8" })).toBe(value);
      }),
      { numRuns: 30 },
    );
  });
});

describe("wrapScript", () => {
  it("keeps a command from swallowing the rest of the script", () => {
    expect(sh("cat\necho reached").stdout).toBe("reached\n");
  });

  it("ends at the first failure", () => {
    const { status, stdout } = sh("false\necho reached");
    expect([status, stdout]).toEqual([1, ""]);
  });
});

describe("gates", () => {
  it.each([
    ["a peon", '{"state": "peon", "monmap": {"epoch": 2}}', 0],
    [
      "a monitor of a cluster that never had a quorum",
      '{"state": "probing", "monmap": {"epoch": 0, "x": 1}}',
      0,
    ],
    ["a monitor outside of its quorum", '{"state": "probing", "monmap": {"epoch": 2}}', 1],
    ["no answer", "Error ENOENT", 1],
  ])("monitor: %s", (_, answer, status) => {
    fakeDocker(`echo '${answer}'`);
    expect(sh(monitorGate("a", gate)).status).toBe(status);
  });

  it("says which daemon, what it answered and what to type", () => {
    fakeDocker(`echo '{"state": "probing", "monmap": {"epoch": 2}}'`);
    const { stderr } = sh(monitorGate("a", gate));
    expect(stderr).toContain("ceph-mon-a did not join the quorum");
    expect(stderr).toContain('"state":"probing"');
    expect(stderr).toContain("Look at: ssh root@192.0.2.11 docker logs ceph-mon-a");
  });

  it.each([
    [["a", "b"], 0],
    [["a", "b", "c"], 1],
  ])("quorum of %s among a, b", (names, status) => {
    fakeDocker(`echo '{"quorum_names": ["a", "b"], "monmap": {"mons": [{"name": "c"}]}}'`);
    expect(sh(quorumGate(names, gate)).status).toBe(status);
  });

  it.each([
    [true, 0],
    [false, 1],
  ])("manager available: %s", (available, status) => {
    fakeDocker(`echo '{"available": ${available}, "active_name": "a"}'`);
    expect(sh(managerGate(gate)).status).toBe(status);
  });
});

describe("monitor store", () => {
  const script = (directory: string, fsid = "f1") =>
    monitorStoreScript({
      monitor: { name: "a", address: "192.0.2.11" },
      monitors: [{ name: "a", address: "192.0.2.11" }],
      fsid,
      keyring: "[mon.]\n\tkey = SECRET\n",
      image: "image",
      directory,
    });

  it("is made whole or not at all, with the keyring from standard input", () => {
    const store = join(folder, "store");
    fakeDocker(`echo "$@" >"${folder}/arguments"; cat >"${folder}/keyring"; exit 1`);
    expect(sh(script(store)).status).toBe(1);
    expect(existsSync(store)).toBe(false);
    fakeDocker(`cat >"${folder}/keyring"`);
    expect(sh(script(store)).stdout).toContain("made");
    expect(readFileSync(join(folder, "keyring"), "utf8")).toBe("[mon.]\n\tkey = SECRET\n");
    expect(readFileSync(join(folder, "arguments"), "utf8")).not.toContain("SECRET");
  });

  it("is left as it is when it is there", () => {
    const store = join(folder, "store");
    fakeDocker("exit 9");
    expect(sh(script(store))).toMatchObject({ status: 0, stdout: "store of mon.a: unchanged\n" });
    const other = sh(script(store, "f2"));
    expect(other.status).toBe(1);
    expect(other.stderr).toContain("belongs to something else (f1, not f2); nothing was changed");
    expect(readFileSync(join(store, "farmstack-identity"), "utf8")).toBe("f1\n");
  });

  it("refuses a directory that it did not make", () => {
    const store = join(folder, "foreign");
    mkdirSync(store);
    expect(sh(script(store)).stderr).toContain("(unknown, not f1)");
  });
});

describe("OSD store", () => {
  const directory = () => join(folder, "osd");
  const check = (store: OsdStore, uuid = "u1") =>
    sh(osdCheckScript({ store, uuid, image: "image", directory: directory() }));

  it("is free where nothing is, and ours where it was made", () => {
    fakeDocker("exit 9");
    expect(check({ file: "osd0" })).toMatchObject({ status: 0, stdout: "free\n" });
    mkdirSync(directory());
    writeFileSync(join(directory(), "farmstack-identity"), "u1\n");
    expect(check({ file: "osd0" })).toMatchObject({
      status: 0,
      stdout: "store of the OSD on osd0: unchanged\n",
    });
    expect(check({ file: "osd0" }, "u2").stderr).toContain(
      "belongs to something else (u1, not u2); nothing was changed",
    );
    rmSync(directory(), { recursive: true });
  });

  it("is refused on what is not a block device", () => {
    expect(check({ device: "/dev/null" }).stderr).toContain(
      "/dev/null is not a block device; nothing was changed",
    );
  });

  it("passes its key by standard input, and is made whole or not at all", () => {
    const script = osdStoreScript({
      store: { file: "osd0", sizeGiB: 3 },
      number: "7",
      uuid: "u1",
      fsid: "f1",
      key: "SECRET",
      cephConf: "[global]\nfsid = f1\n",
      image: "image",
      directory: directory(),
    });
    fakeDocker("cat >/dev/null; exit 1");
    expect(sh(script).status).toBe(1);
    expect(existsSync(directory())).toBe(false);
    fakeDocker(`echo "$@" >"${folder}/arguments"; cat >"${folder}/script"`);
    expect(sh(script)).toMatchObject({ status: 0, stdout: "store of the OSD on osd0: made\n" });
    expect(readFileSync(join(folder, "arguments"), "utf8")).not.toContain("SECRET");
    const inContainer = readFileSync(join(folder, "script"), "utf8");
    expect(inContainer).toContain("[osd.7]\n\tkey = SECRET\n");
    expect(inContainer).toContain("truncate -s 3G");
    expect(spawnSync("sh", ["-n"], { input: inContainer }).status).toBe(0);
    expect(check({ file: "osd0" }).stdout).toBe("store of the OSD on osd0: unchanged\n");
  });
});

describe("before a daemon is stopped", () => {
  const args = { ...gate, then: "osd add-noout osd.1" };
  const answers = (health: string, stop: number) =>
    fakeDocker(`case "$*" in
      ps*) echo abc ;;
      *health*) echo '${health}' ;;
      *ok-to-stop*) echo "too few copies"; exit ${stop} ;;
      *) echo "$*" >>"${folder}/then" ;;
    esac`);

  it("nothing is asked while it does not run", () => {
    fakeDocker(`case "$*" in ps*) ;; *) exit 9 ;; esac`);
    expect(sh(mayStop("osd ok-to-stop 1", args))).toMatchObject({
      status: 0,
      stdout: "ceph-mon-a does not run\n",
    });
  });

  it("it waits for the cluster's word, and then does what belongs to it", () => {
    answers('{"status": "HEALTH_WARN", "checks": {}}', 1);
    expect(sh(mayStop("osd ok-to-stop 1", args)).stderr).toContain(
      "ceph-mon-a can't be stopped: too few copies",
    );
    expect(existsSync(join(folder, "then"))).toBe(false);
    answers('{"status": "HEALTH_OK", "checks": {}}', 0);
    expect(sh(mayStop("osd ok-to-stop 1", args)).stdout).toContain("may stop");
    expect(readFileSync(join(folder, "then"), "utf8")).toContain("osd add-noout osd.1");
  });

  it.each([
    ["PG_DAMAGED", 1],
    ["AUTH_INSECURE_SERVICE_KEY_TYPE", 0],
  ])("an error %s ends with %i", (check, status) => {
    answers(`{"status": "HEALTH_ERR", "checks": {"${check}": {"severity": "HEALTH_ERR"}}}`, 0);
    const ended = sh(mayStop("osd ok-to-stop 1", args));
    expect(ended.status).toBe(status);
    if (status === 1) expect(ended.stderr).toContain(`not touched while Ceph is in error: ${check}`);
  });
});

describe("leftover", () => {
  const labels = { "farmstack.stack": "dev", "farmstack.component": "ceph" };

  it("is removed only when a container of that name has all the labels", () => {
    const withLabels =
      "ps --all --quiet --filter name=^/?ceph-mon-a$ --filter label=farmstack.stack=dev --filter label=farmstack.component=ceph";
    const answers = (any: string, ours: string) =>
      fakeDocker(`case "$*" in
        "${withLabels}") echo ${ours} ;;
        ps*) echo ${any} ;;
        *) echo "$*" >>"${folder}/removed" ;;
      esac`);
    answers("", "");
    expect(sh(leftoverScript("ceph-mon-a", labels)).stdout).toBe("");
    answers("abc", "");
    expect(sh(leftoverScript("ceph-mon-a", labels)).stdout).toBe("foreign\n");
    expect(existsSync(join(folder, "removed"))).toBe(false);
    answers("abc", "abc");
    expect(sh(leftoverScript("ceph-mon-a", labels)).stdout).toBe("removed\n");
    expect(readFileSync(join(folder, "removed"), "utf8")).toBe("rm --force abc\n");
  });
});

describe("host preparation", () => {
  const args = { ...exampleHost("192.0.2.11"), hostName: "host1" };

  it("renders its settings", () => {
    expect(daemonJson(args.engine)).toMatchSnapshot();
    expect(sysctlConf(args.system)).toMatchSnapshot();
    expect(auditRules(args.engine)).toMatchSnapshot();
  });

  it("is a script that a POSIX shell accepts, whatever the settings hold", () => {
    const script = prepareScript({ ...args, hostName: "it's $HOME `id`" });
    expect(spawnSync("sh", ["-n"], { input: wrapScript(script) }).status).toBe(0);
    expect(script).toContain(`host='it'\\''s $HOME \`id\`'\n`);
  });
});
