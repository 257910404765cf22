import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { managerGate, mayStop, monitorGate, quorumGate } from "../../../components/ceph/gates";
import { monitorStoreScript } from "../../../components/ceph/monitor-store";
import { leftoverScript } from "../../../components/container/leftover";
import { auditRules, daemonJson, prepareScript, sysctlConf } from "../../../components/hosts/prepare";
import { quote, wrapScript } from "../../../components/hosts/shell";
import { exampleHost } from "./examples";
import { shell } from "./shell";

const { folder, fake, sh } = shell();
const fakeDocker = (script: string) => fake("docker", script);

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

  it("is not made beside an OSD of its cluster while no other monitor answers", () => {
    const store = join(folder, "host", "mon-a");
    const osd = join(folder, "host", "osd-one");
    mkdirSync(osd, { recursive: true });
    writeFileSync(join(osd, "ceph_fsid"), "f1\n");
    const others = (status: number) =>
      fakeDocker(`cat >/dev/null; case "$*" in *" mon stat"*) exit ${status} ;; esac`);
    others(1);
    const refused = sh(script(store));
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain(
      "mon.a has no store, there are OSDs of its cluster, and no monitor answers",
    );
    expect(existsSync(store)).toBe(false);
    others(0);
    expect(sh(script(store)).stdout).toContain("made");
    others(1);
    expect(sh(script(join(folder, "host", "mon-b"), "f2")).stdout).toContain("made"); // a cluster of its own
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
