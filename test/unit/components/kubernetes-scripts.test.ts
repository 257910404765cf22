import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { wrapScript } from "../../../components/hosts/shell";
import { endpointScript } from "../../../components/kubernetes/endpoint";
import { networkScript } from "../../../components/kubernetes/flannel";
import { dnsScript, readyScript } from "../../../components/kubernetes/gates";
import { invitationScript } from "../../../components/kubernetes/invitation";
import { kubeconfigScript } from "../../../components/kubernetes/kubeconfig";
import { initScript, joinScript, type MemberArgs } from "../../../components/kubernetes/member";
import { nodeScript } from "../../../components/kubernetes/node";
import { programsScript } from "../../../components/kubernetes/programs";
import { hostsToml, registryScript } from "../../../components/kubernetes/registry";
import { snapshotProgram, snapshotsScript } from "../../../components/kubernetes/snapshots";
import { drainScript, returnScript, upgradeScript } from "../../../components/kubernetes/upgrade";
import { shell } from "./shell";

const { folder, fake, sh, take } = shell();
const etc = join(folder, "kubernetes");

/** A script with the host's folders in the test's own. */
const here = (script: string): string =>
  script
    .replaceAll("/etc/kubernetes", etc)
    .replaceAll(/([ =])\/(etc\/cni|run\/flannel|var\/lib\/cni)/g, `$1${folder}/$2`)
    .replaceAll("/var/lib/etcd", join(folder, "etcd"));

const controlPlane = [
  { name: "it's", address: "192.0.2.11" },
  { name: "b", address: "192.0.2.12" },
];
const member: MemberArgs = {
  node: controlPlane[0]!,
  version: "1.34.1",
  source: { binaries: { url: "http://files.example/k.tar.gz", sha256: "0".repeat(64) } },
  cluster: "id-of-the-cluster",
  ignorePreflightErrors: ["NumCPU"],
};
const config = {
  version: "1.34.1",
  endpoint: "192.0.2.11:6443",
  podNetwork: "10.244.0.0/16",
  serviceNetwork: "10.96.0.0/12",
  imageRepository: "registry.k8s.io",
  imageTags: {},
  controlPlane,
};
const joining = { endpoint: "192.0.2.11:6443", caHash: "sha256:CA", token: "abc.SECRET", takesPods: false };

const login = { username: "robot$it's", password: 'a"b\\c' };

describe("every script", () => {
  it.each([
    [
      "node",
      nodeScript({
        hostName: "it's",
        source: {},
        pauseImage: "p:1",
        insecureRegistries: ["r:1"],
        kubelet: {},
      }),
    ],
    ["registry", registryScript({ hostName: "it's", address: "r:1", ca: "it's", login })],
    ["init", initScript(member, config, true)],
    ["join", joinScript(member, joining)],
    ["upgrade of the first", upgradeScript(member, "first", config)],
    ["upgrade of another", upgradeScript({ ...member, source: {} }, "worker", config)],
    ["drain", drainScript("it's", "1.34.1", "look")],
    ["ready", readyScript("it's", "because", "look") + returnScript("it's")],
    ["CoreDNS", dnsScript("because", "look")],
    ["invitation", invitationScript({ version: "1.34.1", token: "a.b", certificateKey: "k" })],
    ["kubeconfig", kubeconfigScript("1.34.1")],
    ["network", networkScript({ podNetwork: "10.244.0.0/16", image: "f:1", pluginImage: "p:1" })],
    ["address of the API", endpointScript("192.0.2.20", 8443, controlPlane[0]!, controlPlane)],
    ["snapshots", snapshotsScript("it's", { directory: "/mnt/it's" })],
    ["snapshot", snapshotProgram("it's", { directory: "/mnt/it's" })],
  ])("is one that a POSIX shell accepts: %s", (_, script) => {
    expect(spawnSync("sh", ["-n"], { input: wrapScript(script), encoding: "utf8" })).toMatchObject({
      status: 0,
      stderr: "",
    });
  });
});

/** The programs of the version are there; kubeadm notes how it is called and with which configuration. */
function machine(): void {
  rmSync(etc, { recursive: true, force: true });
  rmSync(join(folder, "etcd"), { recursive: true, force: true });
  for (const name of ["calls", "config"]) take(name);
  fake("curl", "exit 7");
  fake("openssl", "echo certificate");
  fake("sha256sum", "echo CA -");
  fake("systemd-detect-virt", "exit 1");
  fake("systemctl", "exit 0");
  fake("ip", "exit 1"); // there is no such link
  fake("kubelet", 'echo "Kubernetes v1.34.1"');
  fake(
    "kubeadm",
    `[ "$1" != version ] || { echo v1.34.1; exit; }
echo "$@" >>"${folder}/calls"
[ "$2" != --config ] || cat "$3" >"${folder}/config"
[ "$1" = reset ] || { mkdir -p "${etc}/pki"; touch "${etc}/pki/ca.crt" "${etc}/kubelet.conf"; }`,
  );
}

const calls = () => take("calls").trim().split("\n").filter(Boolean);

describe("init", () => {
  const init = () => sh(here(initScript(member, config, false)));
  beforeEach(machine);

  it("makes the cluster once, and gives its authority's hash", () => {
    const { status, stdout, stderr } = init();
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toBe("cluster: made\nsha256:CA\n");
    expect(calls()).toEqual([
      expect.stringMatching(/^init --config \S+ --skip-token-print --ignore-preflight-errors=NumCPU/),
    ]);
    expect(take("config")).toContain("kubernetesVersion: v1.34.1");
    expect(init().stdout).toBe("cluster: unchanged\nsha256:CA\n");
    expect(calls()).toEqual([]);
  });

  it("leaves no file behind with its configuration", () => {
    init();
    const [call = ""] = calls();
    expect(existsSync(call.split(" ")[2]!)).toBe(false);
  });

  it("takes up one that was cut", () => {
    mkdirSync(etc);
    writeFileSync(join(etc, "farmstack-cluster"), "id-of-the-cluster begun\n");
    writeFileSync(join(etc, "admin.conf"), "");
    expect(init().status).toBe(0);
    expect(calls()[0]).toContain("DirAvailable--var-lib-etcd");
  });

  it("makes no other one where its own was taken away by hand", () => {
    init();
    rmSync(join(etc, "pki"), { recursive: true });
    calls();
    expect(init().stderr).toContain("its certificates are gone; nothing was changed");
    expect(calls()).toEqual([]);
  });

  it("refuses a node of another cluster, and names it", () => {
    mkdirSync(etc);
    writeFileSync(join(etc, "kubelet.conf"), "    server: https://192.0.2.99:6443\n");
    const { status, stderr } = init();
    expect(status).toBe(1);
    expect(stderr).toContain(
      "it's: it is a node of another cluster (https://192.0.2.99:6443); nothing was changed",
    );
    expect(calls()).toEqual([]);
  });

  it("refuses to make a second one beside a control plane that answers", () => {
    fake("curl", `case "$*" in *192.0.2.12:6443*) exit 0 ;; esac; exit 7`);
    const { status, stderr } = init();
    expect(status).toBe(1);
    expect(stderr).toContain("Put b first in kubernetes.controlPlane, and it's joins it");
    expect(calls()).toEqual([]);
  });

  it("refuses to start on data of an etcd that was here", () => {
    mkdirSync(join(folder, "etcd", "member"), { recursive: true });
    expect(init().stderr).toContain("nothing was changed. Move it away if it is not needed");
  });

  it("lets kube-proxy leave the connection table alone in a container", () => {
    fake("systemd-detect-virt", "exit 0");
    expect(init().status).toBe(0);
    expect(take("config")).toContain("kind: KubeProxyConfiguration");
    expect(calls()[0]).toContain("SystemVerification");
  });
});

describe("join", () => {
  const join_ = () => sh(here(joinScript(member, joining)));
  beforeEach(machine);

  it("happens once, with the token nowhere but in a file that is gone", () => {
    const { status, stdout, stderr } = join_();
    expect([status, stdout, stderr]).toEqual([0, "member: joined\n", ""]);
    const [call = ""] = calls();
    expect(call).not.toContain("SECRET");
    expect(take("config")).toContain("token: abc.SECRET");
    expect(join_().stdout).toBe("member: unchanged\n");
    expect(calls()).toEqual([]);
  });

  it("that was cut begins again", () => {
    mkdirSync(join(etc, "pki"), { recursive: true });
    writeFileSync(join(etc, "pki", "ca.crt"), "");
    writeFileSync(join(etc, "farmstack-cluster"), "id-of-the-cluster begun\n");
    expect(join_().status).toBe(0);
    expect(calls().map((call) => call.split(" ")[0])).toEqual(["reset", "join"]);
  });

  it("leaves links alone that are not of such a network", () => {
    fake("ip", `echo "$@" >>"${folder}/links"`);
    expect(join_().status).toBe(0);
    expect(take("links")).toBe("");
  });

  it("forgets the network that the node had in the cluster before it was reset, and touches no member's", () => {
    const left = [
      "etc/cni/net.d/10-flannel.conflist",
      "run/flannel/subnet.env",
      "var/lib/cni/networks/cbr0/10.244.2.9",
    ];
    for (const file of left) {
      mkdirSync(join(folder, dirname(file)), { recursive: true });
      writeFileSync(join(folder, file), "");
    }
    const others = join(folder, "etc/cni/net.d/99-loopback.conf");
    writeFileSync(others, "");
    fake("ip", `echo "$@" >>"${folder}/links"; [ "$3" != flannel.1 ]`);
    expect(join_().status).toBe(0);
    expect(left.filter((file) => existsSync(join(folder, file)))).toEqual([]);
    expect(existsSync(others)).toBe(true);
    expect(take("links")).toBe("link show cni0\nlink delete cni0\nlink show flannel.1\n");
    expect(join_().status).toBe(0);
    expect(take("links")).toBe("");
  });

  it("is refused to the node of a cluster with another authority", () => {
    expect(join_().status).toBe(0);
    fake("sha256sum", "echo OTHER -");
    expect(join_().stderr).toContain("it is a node of another cluster");
  });
});

describe("the programs", () => {
  beforeEach(machine);

  it("have to be of the version that the stack asks for", () => {
    fake("kubeadm", "echo v1.33.0");
    fake("curl", `case "$*" in *k.tar.gz*) exit 0 ;; esac; exit 7`);
    fake("sha256sum", "exit 0");
    fake("tar", "exit 0");
    const { stderr } = sh(here(joinScript(member, joining)));
    expect(stderr).toContain("kubernetes.version is 1.34.1, but kubernetes.source brought v1.33.0");
  });

  it("come with a kubelet that starts at boot, also where they were there already", () => {
    fake("systemctl", `echo "$@" >>"${folder}/units"`);
    expect(sh(here(joinScript(member, joining))).status).toBe(0);
    expect(take("units")).toContain("enable --quiet kubelet");
  });

  it("are refused when the archive is another", () => {
    fake("kubeadm", "exit 1");
    fake("curl", `case "$*" in *k.tar.gz*) exit 0 ;; esac; exit 7`);
    fake("sha256sum", '[ "$1" != --check ] && echo "abc  file"');
    const { stderr } = sh(here(joinScript(member, joining)));
    expect(stderr).toContain("is not what kubernetes.source.binaries.sha256 says: it has abc");
  });
});

describe("an upgrade", () => {
  const drain = (current: string, wanted: string) => {
    fake(
      "kubectl",
      `echo "$@" >>"${folder}/calls"
case "$*" in
*kubeletVersion*) echo ${current} ;;
*"get nodes"*) cat "${folder}/nodes" ;;
*unschedulable*) cat "${folder}/cordoned" 2>/dev/null ;;
esac`,
    );
    writeFileSync(join(folder, "nodes"), "a Ready worker 1d v1\nb Ready worker 1d v1\n");
    return sh(drainScript("a", wanted, "LOOK"));
  };
  const asked = () =>
    calls()
      .map((call) => /(annotate|drain|uncordon)/.exec(call)?.[0])
      .filter(Boolean);
  beforeEach(machine);

  it.each([
    ["v1.34.1", "1.34.1", []],
    ["v1.34.1", "1.34.4", ["annotate", "drain"]],
    ["v1.34.9", "1.35.0", ["annotate", "drain"]],
  ])("from %s to %s drains: %j", (current, wanted, expected) => {
    expect(drain(current, wanted)).toMatchObject({ status: 0, stderr: "" });
    expect(asked()).toEqual(expected);
  });

  it.each([
    ["v1.34.1", "1.36.0", "minor versions can't be skipped, so go to v1.35 first"],
    ["v1.34.1", "1.34.0", "does not go back to an older version"],
    ["v1.34.1", "1.33.9", "does not go back to an older version"],
  ])("from %s to %s is refused", (current, wanted, message) => {
    const { status, stderr } = drain(current, wanted);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
    expect(asked()).toEqual([]);
  });

  it("leaves a node drained that the operator drained", () => {
    writeFileSync(join(folder, "cordoned"), "true\n");
    expect(drain("v1.34.1", "1.34.2").status).toBe(0);
    rmSync(join(folder, "cordoned"));
    expect(asked()).toEqual(["drain"]);
    fake("kubectl", `echo "$@" >>"${folder}/calls"`); // no annotation
    expect(sh(returnScript("a")).status).toBe(0);
    expect(asked()).toEqual([]);
  });

  it("begins with kubeadm, and ends with the kubelet", () => {
    mkdirSync(join(etc, "manifests"), { recursive: true });
    writeFileSync(join(etc, "manifests", "kube-apiserver.yaml"), "image: r/kube-apiserver:v1.34.0\n");
    writeFileSync(join(etc, "farmstack-cluster"), "id-of-the-cluster member\n");
    fake("systemctl", `echo "systemctl $*" >>"${folder}/calls"`);
    const { status, stdout, stderr } = sh(here(upgradeScript(member, "first", config)));
    expect([status, stdout, stderr]).toEqual([0, "version: v1.34.1\n", ""]);
    const steps = [
      "init phase",
      "upgrade apply",
      "systemctl enable",
      "systemctl daemon-reload",
      "systemctl restart",
    ];
    const done = () => calls().map((call) => call.split(" ").slice(0, 2).join(" "));
    expect(done()).toEqual(steps);

    // The new programs and files alone are no upgrade: it may have been cut before its end.
    writeFileSync(join(etc, "manifests", "kube-apiserver.yaml"), "image: r/kube-apiserver:v1.34.1\n");
    expect(sh(here(upgradeScript(member, "first", config))).stdout).toBe("version: unchanged\n");
    writeFileSync(join(etc, "farmstack-version"), "1.34.0\n");
    done();
    expect(sh(here(upgradeScript(member, "first", config))).stdout).toBe("version: v1.34.1\n");
    expect(done()).toEqual(steps);
  });
});

/** A part of the script of a node alone: the others change the machine. Its folders are in the test's own. */
function nodePart(part: string): string {
  const all = nodeScript({
    hostName: "a",
    source: {},
    pauseImage: "p:1",
    insecureRegistries: [],
    kubelet: { maxPods: 5 },
  });
  return all
    .slice(0, all.lastIndexOf("exec 9>"))
    .concat(`family=debian\ncgroup_v1() { false; }\n${part}\n`)
    .replace(/\/(etc|opt|usr\/lib|usr\/libexec)\//g, `${folder}/$1/`);
}

describe("the network plugins of a node", () => {
  const link = () => sh(nodePart("link_plugins\necho done"));
  const plugin = join(folder, "usr/libexec/cni/bridge");

  it("may come later, with the packages", () => {
    expect(link()).toMatchObject({ status: 0, stdout: "done\n" });
  });

  it("are linked from where the distribution has them", () => {
    mkdirSync(join(plugin, ".."), { recursive: true });
    writeFileSync(plugin, "plugin");
    for (let run = 0; run < 2; run += 1) {
      expect(link()).toMatchObject({ status: 0, stdout: "done\n" });
      expect(readFileSync(join(folder, "opt/cni/bin/bridge"), "utf8")).toBe("plugin");
    }
  });
});

describe("the settings of a kubelet", () => {
  const script = nodePart("set_kubelet");
  const put = (started: string) => {
    fake(
      "systemctl",
      `case $1 in show) echo "${started}" ;; restart) echo restart >>"${folder}/calls" ;; esac`,
    );
    return sh(script);
  };

  it("are taken by one that runs since before them, also after a cut", () => {
    expect(put("2020-01-01").stdout).toBe("kubelet settings: written\n");
    expect(calls()).not.toEqual([]);
    expect(put("2020-01-01").stdout).toBe("kubelet settings: unchanged\n");
    expect(calls()).not.toEqual([]);
    expect(put("2100-01-01").stdout).toBe("kubelet settings: unchanged\n");
    expect(calls()).toEqual([]);
  });
});

describe("snapshots", () => {
  const program = (keep: number) =>
    snapshotProgram("a", { directory: join(folder, "snapshots"), keep }).replaceAll("/var/lib/etcd", folder);
  const save = (keep: number) => sh(program(keep));
  const saved = () =>
    spawnSync("ls", [join(folder, "snapshots")], { encoding: "utf8" })
      .stdout.trim()
      .split("\n");

  it("are whole, named by host and time, and as many as the stack says", () => {
    fake("etcdctl", 'for last in "$@"; do :; done; echo data >"$last"');
    for (const day of ["01", "02", "03"]) {
      fake("date", `echo 202601${day}T000000Z`);
      expect(save(2)).toMatchObject({ status: 0, stderr: "" });
    }
    writeFileSync(join(folder, "snapshots", "b-20250101T000000Z.db"), ""); // another host's
    expect(saved()).toEqual(["a-20260102T000000Z.db", "a-20260103T000000Z.db", "b-20250101T000000Z.db"]);
    expect(readFileSync(join(folder, "snapshots", "a-20260103T000000Z.db"), "utf8")).toBe("data\n");
  });

  it("of a host whose name another's begins with are left alone", () => {
    fake("etcdctl", 'for last in "$@"; do :; done; echo data >"$last"');
    fake("date", "echo 20260104T000000Z");
    writeFileSync(join(folder, "snapshots", "a-1-20250101T000000Z.db"), "");
    expect(save(1)).toMatchObject({ status: 0, stderr: "" });
    expect(saved()).toContain("a-1-20250101T000000Z.db");
    expect(saved()).not.toContain("a-20260103T000000Z.db");
  });

  it("are taken in etcd's container where the host has no etcdctl", () => {
    take("bin/etcdctl");
    fake(
      "ctr",
      `echo "$@" >>"${folder}/calls"
case "$*" in
*"containers list"*) echo ended; echo ours ;;
*"tasks list"*) echo "TASK PID STATUS"; echo "ended 0 STOPPED"; echo "ours 7 RUNNING" ;;
*exec*) for last in "$@"; do :; done; echo data >"$last" ;;
esac`,
    );
    fake("date", "echo 20260105T000000Z");
    expect(save(1)).toMatchObject({ status: 0, stderr: "" });
    const [list, , exec] = calls();
    expect(list).toContain('container.name"==etcd,labels."io.kubernetes.pod.namespace"==kube-system');
    expect(exec).toMatch(/exec --exec-id farmstack-\d+ ours etcdctl --endpoints .* snapshot save /);
    expect(saved()).toContain("a-20260105T000000Z.db");
    fake("ctr", "exit 0");
    expect(save(1).stderr).toContain("etcd does not run");
  });

  it("that fail leave nothing", () => {
    rmSync(join(folder, "snapshots"), { recursive: true, force: true });
    fake("etcdctl", "exit 1");
    expect(save(2).status).not.toBe(0);
    expect(saved().join("")).toBe("");
  });
});

describe("the stack's registry on a node", () => {
  const script = (address: string, ca?: string) =>
    registryScript({ hostName: "a", address, ca, login }).replaceAll("/etc/", `${folder}/etc/`);
  const file = (path: string) => readFileSync(join(folder, "etc", path), "utf8");

  it("is known to containerd and curl, by its authority and with its login", () => {
    expect(sh(script("r:1", "PEM\n"))).toMatchObject({
      status: 0,
      stderr: "",
      stdout: "access to r:1: written\n",
    });
    expect(file("containerd/certs.d/r:1/ca.crt")).toBe("PEM\n");
    const basic = Buffer.from(`${login.username}:${login.password}`).toString("base64");
    expect(file("containerd/certs.d/r:1/hosts.toml")).toBe(`server = "https://r:1"

[host."https://r:1"]
  capabilities = ["pull", "resolve"]
  ca = "${folder}/etc/containerd/certs.d/r:1/ca.crt"
[host."https://r:1".header]
  Authorization = "Basic ${basic}"
`);
    expect(file("farmstack/registries/r:1")).toContain(`user = "robot$it's:a\\"b\\\\c"\n`);
    expect(sh(script("r:1", "PEM\n")).stdout).toBe("access to r:1: unchanged\n");
  });

  it("takes the place of the one before, whose login goes", () => {
    expect(sh(script("r:2")).stdout).toBe("access to r:1: removed\naccess to r:2: written\n");
    for (const gone of ["containerd/certs.d/r:1/hosts.toml", "farmstack/registries/r:1"])
      expect(existsSync(join(folder, "etc", gone))).toBe(false);
    expect(file("containerd/certs.d/r:2/hosts.toml")).not.toContain("ca =");
  });

  it("may be one without a login", () => {
    expect(hostsToml({ address: "r:1" })).not.toContain("Authorization");
  });

  it("has the nodes' programs as well: curl gets the login for this address only", () => {
    const unpack = (url: string) =>
      programsScript("a", "1.34.1", { binaries: { url, sha256: "0".repeat(64) } }).replaceAll(
        "/etc/farmstack",
        `${folder}/etc/farmstack`,
      );
    fake("kubeadm", "exit 1");
    fake("systemd-detect-virt", "exit 1");
    fake("curl", `echo "$2" >"${folder}/config"; exit 7`);
    const configFor = (url: string) => {
      sh(`${unpack(url)}\ninstall_kubeadm`);
      return take("config").trim();
    };
    expect(configFor("https://r:2/v2/x")).toBe(`${folder}/etc/farmstack/registries/r:2`);
    expect(configFor("https://r:3/v2/x")).toBe("/dev/null");
    expect(configFor("http://r:2/v2/x")).toBe("/dev/null");
  });
});
