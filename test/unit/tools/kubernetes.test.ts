import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { renderRestore, restore, type RestoreOptions } from "../../../tools/kubernetes/restore";
import { fileHas } from "../../../tools/kubernetes/snapshot-file";
import { listSnapshots, renderSnapshots } from "../../../tools/kubernetes/snapshots";
import { exitCodeOf } from "../../../tools/outcome";
import { authority, KubernetesWorld } from "./kubernetes-world";

const newest = "host2-20261121T120000Z.db";
const hosts = [1, 2, 3];

let world: KubernetesWorld;
beforeEach(() => {
  world = new KubernetesWorld();
});
afterEach(() => world.remove());

describe("snapshots", () => {
  it("are listed, newest first, with the hosts that have them", async () => {
    const list = await listSnapshots(world.stack());
    expect(list.snapshots).toMatchObject([
      { name: newest, of: "host2", time: "2026-11-21T12:00:00Z", on: ["host1", "host2", "host3"] },
      { name: "host1-20261101T060000Z.db", of: "host1" },
    ]);
    expect(renderSnapshots(list)).toContain(`${newest}  2026-11-21T12:00:00Z  0.0 MiB  host1, host2, host3`);
  });

  it("name the hosts that could not be asked", async () => {
    world.write("down/192.0.2.12", "");
    const list = await listSnapshots(world.stack());
    expect(list.snapshots[0]?.on).toEqual(["host1", "host3"]);
    expect(renderSnapshots(list)).toContain("! host2 (192.0.2.12) can't be reached by ssh");
  });

  it.each([
    [{ snapshots: undefined }, "kubernetes.snapshots is not set"],
    [null, "has no Kubernetes cluster"],
  ])("are refused where there are none: %j", async (kubernetes, reason) => {
    const error = await listSnapshots(world.stack(kubernetes)).catch((caught: Error) => caught);
    expect(exitCodeOf(error)).toBe(2);
    expect((error as Error).message).toContain(reason);
  });
});

describe("restore", () => {
  const start = (options: Partial<RestoreOptions> = {}) =>
    restore(world.stack(), { snapshot: newest, yes: true, ask: undefined, ...options });
  const refused = async (reason: string, options: Partial<RestoreOptions> = {}) => {
    const error = await start(options).catch((caught: Error) => caught);
    expect((error as Error).message).toContain(reason);
    expect(exitCodeOf(error)).toBe(2);
    untouched();
  };
  const data = (host: number) => world.read(host, "lib/etcd/member/data");
  const manifests = (host: number) => readdirSync(world.path(host, "kubernetes/manifests"));
  const untouched = () => {
    for (const host of hosts) {
      expect(data(host)).toBe(`of host${host}`);
      expect(manifests(host)).toHaveLength(4);
      expect(readdirSync(world.path(host, "lib"))).toEqual(["etcd"]);
    }
  };

  it("gives every member the snapshot, and keeps what was there", async () => {
    const result = await start();
    for (const host of hosts) {
      expect(data(host)).toBe(`saved ${authority} data`);
      expect(manifests(host)).toHaveLength(4);
      expect(existsSync(world.path(host, "kubernetes/farmstack-stopped"))).toBe(false);
      const kept = result.kept[`host${host}`]!;
      expect(kept).toMatch(/\/etcd\.before-\d{8}T\d{6}Z$/);
      expect(readFileSync(join(kept, "member/data"), "utf8")).toBe(`of host${host}`);
      expect(readdirSync(world.path(host, "lib"))).toHaveLength(2); // and nothing else is left
    }
    expect(renderRestore(result)).toContain("pulumi up --refresh --stack test");
  });

  it("tells etcdutl of all members, and the same on every host but who it is", async () => {
    await start();
    const told = hosts.map((host) => world.read(host, "etcdutl")!);
    expect(told[1]).toMatch(
      /^--name host2 --initial-advertise-peer-urls https:\/\/192\.0\.2\.12:2380 --initial-cluster host1=https:\/\/192\.0\.2\.11:2380,host2=https:\/\/192\.0\.2\.12:2380,host3=https:\/\/192\.0\.2\.13:2380 --initial-cluster-token farmstack-\d+T\d+Z --bump-revision \d{13} --mark-compacted\n$/,
    );
    const common = (text: string) => text.slice(text.indexOf("--initial-cluster "));
    expect(new Set(told.map(common)).size).toBe(1);
  });

  it("waits for each API server, then restarts every kubelet", async () => {
    await start();
    const asked = readFileSync(join(world.folder, "asked"), "utf8");
    for (const host of hosts)
      expect(asked).toMatch(new RegExp(`192.0.2.1${host} .*--server https://192.0.2.1${host}:6443`));
    expect(readFileSync(join(world.folder, "units"), "utf8").match(/restart kubelet/g)).toHaveLength(3);
  });

  it("takes a file of this machine", async () => {
    const file = join(world.folder, "own.db");
    writeFileSync(file, `own ${authority}`);
    const { time } = await start({ snapshot: file });
    expect(time).toBeUndefined();
    expect(data(3)).toBe(`own ${authority}`);
  });

  it("asks for the stack's name, and says what it means", async () => {
    let question = "";
    const ask = (answer: string) => (text: string) => {
      question = text;
      return Promise.resolve(answer);
    };
    await refused("that is not its name; nothing was changed", { yes: false, ask: ask("yes") });
    expect(question).toContain("2026-11-21T12:00:00Z");
    await refused("no terminal to ask on, and --yes was not given", { yes: false });
    await start({ yes: false, ask: ask("test") });
    expect(data(1)).toContain("saved");
  });

  it("refuses what is no snapshot of this cluster", async () => {
    world.write(`snapshots/${newest}`, "of another cluster");
    await refused("the certificate authority is another");
    await refused("no control plane has nothing.db", { snapshot: "nothing.db" });
    await refused("is no file", { snapshot: "./nothing.db" });
  });

  it("wants all hosts, of the same cluster, with their kubelets", async () => {
    world.write("down/192.0.2.13", "");
    await refused("host3 is restored as well, and can't be asked");
    world.remove();
    world = new KubernetesWorld();
    world.write("hosts/192.0.2.12/kubernetes/farmstack-cluster", "other member\n");
    await refused("are not of the same cluster");
    world.write("hosts/192.0.2.12/kubernetes/farmstack-cluster", "id-of-the-cluster begun\n");
    await refused("host2: is no member of the cluster");
  });

  it("refuses while etcd has a member that the stack does not know", async () => {
    world.write("members", "1, started, host1\n2, started, host9\n");
    await refused("etcd has a member host9 that kubernetes.controlPlane does not have");
  });

  it("changes nothing when one member's data can't be made", async () => {
    world.write("hosts/192.0.2.12/fails", "");
    await expect(start()).rejects.toThrow("host2: Error: no space left\nNothing was changed.");
    untouched();
  });

  it("is ended by Ctrl-C before anything is stopped", async () => {
    const controller = new AbortController();
    const ask = () => {
      controller.abort();
      return Promise.resolve("test");
    };
    const error = await start({ yes: false, ask, signal: controller.signal }).catch(
      (caught: Error) => caught,
    );
    expect(exitCodeOf(error)).toBe(130);
    untouched();
  });

  /** etcd of host2 does not end with its file; with `signal` it does. */
  const stuck = (signal = "none") => {
    const ctr = readFileSync(join(world.folder, "bin", "ctr"), "utf8");
    world.executable(
      "ctr",
      ctr.replace(
        "#!/bin/sh\n",
        `#!/bin/sh
case "$FARMSTACK_HOST $*" in
*.12*"tasks kill"*) echo "$*" >>"$WORLD/kills"; case $* in *${signal}*) touch "$WORLD/ended" ;; esac ;;
*.12*"tasks list"*) [ -e "$WORLD/ended" ] || [ ! -d "$FARMSTACK_HOST/kubernetes/farmstack-stopped" ] || { echo "id-etcd 1 RUNNING"; exit; } ;;
esac
`,
      ),
    );
  };

  it.each(["SIGTERM", "SIGKILL"])("ends by %s what the kubelet does not", async (signal) => {
    stuck(signal);
    await start();
    expect(data(2)).toContain("saved");
    expect(readFileSync(join(world.folder, "kills"), "utf8")).toContain(
      `tasks kill --signal ${signal} id-etcd`,
    );
    expect(readFileSync(join(world.folder, "units"), "utf8")).toMatch(
      /12 stop kubelet\n(.*\n)*.*12 start kubelet/,
    );
  });

  it("starts everything again when one host can't be stopped", async () => {
    stuck();
    await expect(start()).rejects.toThrow(
      /host2: etcd can't be stopped: .*\nNo data was changed, and the control plane was started again\./,
    );
    untouched();
  });

  it("starts nothing that a restore before it left stopped, as some members may be new already", async () => {
    stuck();
    renameSync(world.path(1, "kubernetes/manifests"), world.path(1, "kubernetes/farmstack-stopped"));
    mkdirSync(world.path(1, "kubernetes/manifests"));
    await expect(start()).rejects.toThrow("The control plane is stopped, as it was before.");
    expect(manifests(1)).toEqual([]);
    expect(data(1)).toBe("of host1");
  });

  it("says how to go on when it was cut, and does all of it again then", async () => {
    world.executable(
      "mv",
      `#!/bin/sh
case "$*" in *192.0.2.13*restoring*) echo "mv: No space left on device" >&2; exit 1 ;; esac
exec /bin/mv "$@"
`,
    );
    await expect(start()).rejects.toThrow(
      `host3: mv: No space left on device\nThe control plane is stopped. The data of etcd that was there is kept beside it (docs/kubernetes.md, "Restore"). To go on, when the reason is gone: npm run kubernetes -- --stack test restore ${newest}`,
    );
    expect(manifests(1)).toEqual([]);
    world.executable("mv", '#!/bin/sh\nexec /bin/mv "$@"\n');
    const later = new Promise((done) => setTimeout(done, 1100)); // what is kept has the second in its name
    await later;
    let question = "";
    await start({
      yes: false,
      ask: (text) => {
        question = text;
        return Promise.resolve("test");
      },
    });
    expect(question).toContain("A restore before this one was cut: the control plane is stopped.");
    for (const host of hosts) {
      expect(data(host)).toContain("saved");
      expect(manifests(host)).toHaveLength(4);
      expect(
        readdirSync(world.path(host, "lib")).some(
          (name) => world.read(host, `lib/${name}/member/data`) === `of host${host}`,
        ),
      ).toBe(true);
    }
  });

  it("without an etcdutl that raises revisions says what to restart", async () => {
    const path = join(world.folder, "bin", "etcdutl");
    writeFileSync(path, readFileSync(path, "utf8").replace('echo "--bump-revision"', "echo"));
    expect(renderRestore(await start())).toContain("This etcdutl can't raise revisions");
    expect(world.read(1, "etcdutl")).not.toContain("bump");
  });

  it("uses the etcdutl in etcd's image where the host has none, which sees the one directory", async () => {
    const bin = join(world.folder, "bin");
    renameSync(join(bin, "etcdutl"), join(bin, "in-the-image"));
    const ctr = readFileSync(join(bin, "ctr"), "utf8");
    world.executable(
      "ctr",
      ctr.replace(
        'case "$*" in\n',
        `case "$*" in
*" run "*)
  echo "$*" >>"$WORLD/runs"
  while [ "$1" != etcdutl ]; do shift; done
  shift
  exec in-the-image "$@" ;;
`,
      ),
    );
    await start();
    expect(data(2)).toContain("saved");
    const runs = readFileSync(join(world.folder, "runs"), "utf8");
    const work = world.path(2, "lib/etcd.restoring");
    expect(runs).toContain(
      `run --rm --mount type=bind,src=${work},dst=${work},options=bind:rw registry.example/etcd:3.6.5-0 farmstack-etcdutl-`,
    );
  });

  it("reports a kubelet that did not start again, and is done", async () => {
    world.executable(
      "systemctl",
      '#!/bin/sh\n[ "$1" = restart ] && case $FARMSTACK_HOST in *.12) exit 1 ;; esac\necho active\n',
    );
    expect((await start()).problems).toEqual([
      expect.stringContaining("the kubelet of host2 was not restarted"),
    ]);
  });
});

describe("a text in a file", () => {
  it("is found across the pieces that the file is read in", async () => {
    const file = join(world.folder, "big");
    writeFileSync(file, "x".repeat(65_536 - 5) + authority + "x".repeat(70_000));
    expect(await fileHas(file, authority)).toBe(true);
    expect(await fileHas(file, "not there")).toBe(false);
  });
});
