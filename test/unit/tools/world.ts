import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { vi } from "vitest";
import { stringify } from "yaml";
import { validate } from "../../../config";
import { type Stack } from "../../../tools/stack";
import { exampleHostKey } from "../config/samples";

export const fsid = "11111111-2222-4333-8444-555555555555";
/** UUIDs of the OSDs 0, 1 and 2. */
export const uuids = [0, 1, 2].map((number) => `0000000${number}-2222-4333-8444-555555555555`);

/**
 * Three hosts in a folder: `ssh` runs the scripts here, and `docker` knows containers by a file with their state, and
 * Ceph by files with its answers. All hosts share the folder `data`.
 */
export class World {
  readonly folder = mkdtempSync(join(tmpdir(), "farmstack-ceph-"));
  readonly data = join(this.folder, "data");

  constructor() {
    for (const name of ["bin", "down", "cut", "containers", "answers", "fails", "data/ceph"])
      mkdirSync(join(this.folder, name), { recursive: true });
    this.executable("ssh", ssh);
    this.executable("docker", docker);
    this.executable("sudo", '#!/bin/sh\nshift\nexec "$@"\n');
    this.executable("sync", "#!/bin/sh\n"); // a real one waits for the whole machine's disks
    vi.stubEnv("WORLD", this.folder);
    vi.stubEnv("PATH", `${join(this.folder, "bin")}${delimiter}${process.env.PATH}`);
    for (const [question, answer] of Object.entries(answers)) this.answer(question, answer);
    for (const host of [1, 2, 3]) {
      this.write(`containers/ceph-mon-host${host}`, "running");
      this.write(`containers/ceph-osd-host${host}-disk${host}`, "running");
      this.store(`ceph/osd-disk${host}`, { "farmstack-identity": `${uuids[host - 1]}\n` });
      this.store(`ceph/mon-host${host}`, {
        "farmstack-identity": `${fsid}\n`,
        keyring: "secret",
        "store.db/CURRENT": `store of ${host}`,
      });
    }
  }

  remove(): void {
    vi.unstubAllEnvs();
    rmSync(this.folder, { recursive: true });
  }

  write(name: string, text: string | Buffer): void {
    writeFileSync(join(this.folder, name), text);
  }

  /** What was asked of docker and ceph, a line each: `HOST ARGUMENTS`. */
  get calls(): string[] {
    return readFileSync(join(this.folder, "calls"), "utf8").trim().split("\n");
  }

  state(container: string): string {
    return readFileSync(join(this.folder, "containers", container), "utf8").trim();
  }

  /** What Ceph answers to a question from now on, as JSON. */
  answer(question: string, answer: unknown): void {
    this.write(`answers/${question.replaceAll(" ", "_")}`, JSON.stringify(answer));
  }

  /** A question gets this refusal, so many times. */
  fail(question: string, said: string, times = 1000): void {
    this.write(`fails/${question.replaceAll(" ", "_")}`, `${times}\n${said}\n`);
  }

  executable(name: string, script: string): void {
    this.write(`bin/${name}`, script);
    chmodSync(join(this.folder, "bin", name), 0o755);
  }

  /** A directory below the hosts' data directory. */
  store(name: string, files: Record<string, string | Buffer>): void {
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(join(this.data, name, file, ".."), { recursive: true });
      writeFileSync(join(this.data, name, file), content);
    }
  }

  /** The stack, in a file of its own. `ceph` replaces settings. */
  stack(ceph: Record<string, unknown> = {}): Stack {
    const raw = {
      hosts: [1, 2, 3].map((n) => ({
        name: `host${n}`,
        address: `192.0.2.1${n}`,
        hostKey: exampleHostKey(n),
        ...(n === 3 ? { ssh: { user: "farm" } } : {}),
      })),
      ceph: {
        publicNetwork: "192.0.2.0/24",
        monitors: ["host1", "host2", "host3"],
        managers: ["host1"],
        osds: [1, 2, 3].map((n) => ({ host: `host${n}`, file: `disk${n}` })),
        ...ceph,
      },
      dataDirectory: this.data,
    };
    const config = Object.fromEntries(Object.entries(raw).map(([key, value]) => [`farmstack:${key}`, value]));
    const file = join(this.folder, "Pulumi.test.yaml");
    writeFileSync(file, stringify({ config }));
    return { name: "test", file, settings: validate(raw, "test") };
  }
}

// A file `down/ADDRESS` is a host that does not answer; `cut/ADDRESS` one whose connection breaks after 1000 bytes and
// that does not answer from then on.
const ssh = `#!/bin/sh
while [ "$1" != "--" ]; do address=$1; shift; done
shift
if [ -e "$WORLD/down/$address" ]; then echo "ssh: connect to host $address port 22: No route to host" >&2; exit 255; fi
export FARMSTACK_HOST=$address
if [ -e "$WORLD/cut/$address" ]; then
  cat >"$WORLD/script"
  if grep -q "docker stop" "$WORLD/script"; then
    sh -s <"$WORLD/script" 2>/dev/null | head -c 1000
    touch "$WORLD/down/$address"
    exit 255
  fi
  exec sh -s <"$WORLD/script"
fi
exec sh -c "exec $*"
`;

const docker = `#!/bin/sh
echo "$FARMSTACK_HOST $*" >>"$WORLD/calls"
command=$1
shift
case $command in
start) echo running >"$WORLD/containers/$1"; exit ;;
stop) echo exited >"$WORLD/containers/$1"; exit ;;
version) echo "engine 20.10.24"; exit ;;
ps)
  for file in "$WORLD"/containers/*-host"\${FARMSTACK_HOST#192.0.2.1}"*; do
    [ ! -e "$file" ] || echo "\${file##*/} $(cat "$file") Up 3 hours"
  done
  exit
  ;;
inspect) shift 2; [ -e "$WORLD/containers/$1" ] && echo "$(cat "$WORLD/containers/$1")"; exit ;;
esac
container=$1
if [ "$(cat "$WORLD/containers/$container" 2>/dev/null)" != running ]; then
  echo "Error response from daemon: container $container is not running" >&2
  exit 1
fi
shift 2
case $1 in --admin-daemon) question="$container" ;; *) shift 2; question=$* ;; esac
question=$(echo "\${question% --format json}" | tr ' ' _)
fails=$WORLD/fails/$question
if [ -e "$fails" ] && [ "$(head -n 1 "$fails")" -gt 0 ]; then
  { echo $(($(head -n 1 "$fails") - 1)); sed 1d "$fails"; } >"$fails.new"
  mv "$fails.new" "$fails"
  sed 1d "$fails" >&2
  exit 16
fi
case $question in *out_*|*in_*|*ok-to-stop*|*safe-to-destroy*) exit ;; esac
# Ceph puts an empty line in front.
echo
cat "$WORLD/answers/$question" || { echo "Error ECONNREFUSED: no answer" >&2; exit 1; }
`;

const hostNames = ["host1", "host2", "host3"];

/** As Ceph 16.2 answers, with what is not looked at left out. */
export const answers = {
  status: {
    fsid,
    health: {
      status: "HEALTH_WARN",
      checks: {
        OSDMAP_FLAGS: {
          severity: "HEALTH_WARN",
          summary: { message: "noout flag(s) set", count: 1 },
          muted: false,
        },
      },
      mutes: [],
    },
    pgmap: { num_pgs: 33, misplaced_objects: 40, misplaced_total: 120 },
    osdmap: { num_osds: 3, num_up_osds: 3 },
    fsmap: { up: 1, "up:standby": 1 },
  },
  quorum_status: {
    election_epoch: 12,
    quorum: [0, 1, 2],
    quorum_names: hostNames,
    quorum_leader_name: "host1",
    monmap: { epoch: 1, fsid, mons: hostNames.map((name, rank) => ({ rank, name })) },
  },
  "mgr dump": { active_name: "host1", available: true, standbys: [{ gid: 4113, name: "host2" }] },
  "mgr stat": { available: true, active_name: "host1", num_standby: 1 },
  "osd dump": {
    epoch: 40,
    fsid,
    flags: "sortbitwise,recovery_deletes,purged_snapdirs,pglog_hardlimit",
    full_ratio: 0.949999988079071,
    backfillfull_ratio: 0.8999999761581421,
    nearfull_ratio: 0.8500000238418579,
    pools: [{ pool: 1, pool_name: "data", type: 1, size: 2, min_size: 1, crush_rule: 0 }],
    osds: uuids.map((uuid, osd) => ({ osd, uuid, up: 1, in: 1, weight: 1, up_from: 5 })),
  },
  "osd df": {
    nodes: [0, 1, 2].map((id) => ({
      id,
      type: "osd",
      kb: 2_000_000,
      kb_used: 300_000,
      kb_avail: 1_700_000,
      utilization: 15.04321,
      pgs: 33,
      status: "up",
    })),
    stray: [],
  },
  "osd tree": {
    nodes: [
      { id: -1, name: "default", type: "root", type_id: 11, children: [-7, -5, -3] },
      ...hostNames.flatMap((name, index) => [
        { id: -3 - 2 * index, name, type: "host", type_id: 1, children: [index] },
        {
          id: index,
          name: `osd.${index}`,
          type: "osd",
          device_class: "hdd",
          crush_weight: 0.0019,
          reweight: 1,
        },
      ]),
    ],
    stray: [],
  },
  "osd crush rule dump": [
    {
      rule_id: 0,
      rule_name: "replicated_rule",
      type: 1,
      steps: [
        { op: "take", item: -1, item_name: "default" },
        { op: "chooseleaf_firstn", num: 0, type: "host" },
        { op: "emit" },
      ],
    },
  ],
  "fs dump": {
    epoch: 9,
    standbys: [{ gid: 4200, name: "host2", rank: -1, state: "up:standby" }],
    filesystems: [
      {
        id: 1,
        mdsmap: {
          fs_name: "cephfs",
          up: { mds_0: 4201 },
          info: { gid_4201: { gid: 4201, name: "host3", rank: 0, state: "up:active" } },
        },
      },
    ],
  },
  version: { version: "ceph version 16.2.15 (618f440892089921c3e944a991122ddc44e60516) pacific (stable)" },
  ...Object.fromEntries(
    [1, 2, 3].map((n) => [
      `ceph-osd-host${n}-disk${n}`,
      { cluster_fsid: fsid, whoami: n - 1, state: "active", oldest_map: 1, newest_map: 40 },
    ]),
  ),
};
