import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { vi } from "vitest";
import { validate } from "../../../config";
import { type Stack } from "../../../tools/stack";
import { exampleHostKey } from "../config/samples";

/** A line of the certificate of the cluster's authority. */
export const authority = "VGhpcyBpcyBhIGxpbmUgb2YgdGhlIHNpZ25hdHVyZSBvZiB0aGUgYXV0aG9yaXR5";
const addresses = ["192.0.2.11", "192.0.2.12", "192.0.2.13"];

/**
 * Three control planes in a folder: `ssh` runs the scripts here, with each host's files in a folder of its own. What
 * has a file among the kubelet's manifests runs.
 */
export class KubernetesWorld {
  readonly folder = mkdtempSync(join(tmpdir(), "farmstack-kubernetes-"));
  readonly snapshots = join(this.folder, "snapshots");

  constructor() {
    for (const name of ["bin", "down", "snapshots"]) mkdirSync(join(this.folder, name));
    for (const [program, script] of Object.entries(programs)) this.executable(program, script);
    vi.stubEnv("WORLD", this.folder);
    vi.stubEnv("PATH", `${join(this.folder, "bin")}${delimiter}${process.env.PATH}`);
    this.write("snapshots/host1-20261101T060000Z.db", `older ${authority} data`);
    this.write("snapshots/host2-20261121T120000Z.db", `saved ${authority} data`);
    this.write("snapshots/notes.db", "no snapshot");
    this.write("members", "1, started, host1\n2, started, host2\n3, started, host3\n");
    addresses.forEach((address, index) => {
      const host = `host${index + 1}`;
      this.write(`hosts/${address}/kubernetes/farmstack-cluster`, "id-of-the-cluster member\n");
      this.write(
        `hosts/${address}/kubernetes/pki/ca.crt`,
        `-----BEGIN CERTIFICATE-----\nfirst\n${authority}\nlast==\n-----END CERTIFICATE-----\n`,
      );
      this.write(`hosts/${address}/lib/etcd/member/data`, `of ${host}`);
      for (const part of ["kube-apiserver", "kube-controller-manager", "kube-scheduler"])
        this.write(`hosts/${address}/kubernetes/manifests/${part}.yaml`, "");
      this.write(
        `hosts/${address}/kubernetes/manifests/etcd.yaml`,
        `    - etcd
    - --advertise-client-urls=https://${address}:2379
    - --data-dir=/var/lib/etcd
    - --initial-advertise-peer-urls=https://${address}:2380
    - --initial-cluster=${host}=https://${address}:2380
    - --name=${host}
    image: registry.example/etcd:3.6.5-0
`,
      );
    });
  }

  remove(): void {
    vi.unstubAllEnvs();
    rmSync(this.folder, { recursive: true });
  }

  write(name: string, text: string): void {
    mkdirSync(join(this.folder, name, ".."), { recursive: true });
    writeFileSync(join(this.folder, name), text);
  }

  /** Text of a file of a host; undefined when there is none. */
  read(host: number, name: string): string | undefined {
    const file = this.path(host, name);
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  }

  path(host: number, name = ""): string {
    return join(this.folder, "hosts", `192.0.2.1${host}`, name);
  }

  executable(name: string, script: string): void {
    this.write(`bin/${name}`, script);
    chmodSync(join(this.folder, "bin", name), 0o755);
  }

  /** The stack. `kubernetes` replaces settings; null: it has no cluster. */
  stack(kubernetes: Record<string, unknown> | null = {}): Stack {
    const raw = {
      hosts: addresses.map((address, index) => ({
        name: `host${index + 1}`,
        address,
        hostKey: exampleHostKey(index + 1),
        ...(index === 2 ? { ssh: { user: "farm" } } : {}),
      })),
      ceph: { publicNetwork: "192.0.2.0/24", monitors: ["host1"], managers: ["host1"] },
      ...(kubernetes && {
        kubernetes: {
          version: "1.34.1",
          controlPlane: ["host1", "host2", "host3"],
          snapshots: { directory: this.snapshots },
          ...kubernetes,
        },
      }),
    };
    return { name: "test", file: join(this.folder, "Pulumi.test.yaml"), settings: validate(raw, "test") };
  }
}

const programs = {
  // A file `down/ADDRESS` is a host that does not answer; the host's paths are those of its own folder.
  ssh: `#!/bin/sh
while [ "$1" != "--" ]; do address=$1; shift; done
shift
if [ -e "$WORLD/down/$address" ]; then echo "ssh: connect to host $address port 22: No route to host" >&2; exit 255; fi
export FARMSTACK_HOST="$WORLD/hosts/$address"
here() { sed "s#/etc/kubernetes#$FARMSTACK_HOST/kubernetes#g; s#/var/lib/etcd#$FARMSTACK_HOST/lib/etcd#g"; }
case $* in
*"sh -s") here | sh -s ;;
*) sh -c "$(echo "$*" | here)" ;;
esac
`,
  sudo: '#!/bin/sh\nshift\nexec "$@"\n',
  sync: "#!/bin/sh\n",
  sleep: "#!/bin/sh\n",
  // Time flies: ten seconds at each question for it.
  date: `#!/bin/sh
[ "$1" = +%s ] || exec /bin/date "$@"
echo x >>"$FARMSTACK_HOST/clock"
echo $(($(wc -l <"$FARMSTACK_HOST/clock") * 10))
`,
  mountpoint: "#!/bin/sh\nexit 1\n",
  ctr: `#!/bin/sh
case "$*" in
*"containers list"*) echo "$*" | sed 's/.*container.name"==\\([^,]*\\),.*/id-\\1/' ;;
*"tasks list"*) for file in "$FARMSTACK_HOST"/kubernetes/manifests/*; do echo "id-$(basename "$file" .yaml) 1 RUNNING"; done ;;
esac
`,
  systemctl: `#!/bin/sh
echo "$(basename "$FARMSTACK_HOST") $*" >>"$WORLD/units"
[ "$1" = restart ] || echo active
`,
  etcdctl: '#!/bin/sh\ncat "$WORLD/members"\n',
  etcdutl: `#!/bin/sh
case $* in *--help*) echo "--bump-revision"; exit ;; esac
[ ! -e "$FARMSTACK_HOST/fails" ] || { echo "Error: no space left" >&2; exit 1; }
mkdir -p "$5/member"
cp "$3" "$5/member/data"
shift 5
echo "$@" >"$FARMSTACK_HOST/etcdutl"
`,
  kubectl: `#!/bin/sh
[ -e "$FARMSTACK_HOST/kubernetes/manifests/kube-apiserver.yaml" ] || { echo refused >&2; exit 1; }
echo "$(basename "$FARMSTACK_HOST") $*" >>"$WORLD/asked"
`,
};
