import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { validate } from "../../../config";
import { type RemoteHost } from "../../../tools/connection";
import { diagnose } from "../../../tools/doctor/diagnose";
import { hasFaults, renderFindings } from "../../../tools/doctor/finding";
import { lookScript, readSeen } from "../../../tools/doctor/host";
import { judge, type Seen } from "../../../tools/doctor/judge";
import { nameLeads, nodeVersion, pluginsIn, skopeoVersion, sshVersion } from "../../../tools/doctor/machine";
import { needsOf } from "../../../tools/doctor/needs";
import { sshProblem, sudoProblem } from "../../../tools/doctor/ssh-problem";
import { pluginVersions } from "../../../lab/toolchain/versions";
import { runProgram } from "../../program";
import { completeSettings, exampleHostKey } from "../config/samples";
import { World } from "./world";

const host: RemoteHost = {
  name: "host2",
  address: "192.0.2.12",
  hostKey: exampleHostKey(2),
  ssh: { user: "farm", port: 2222, privateKeyFile: "~/.ssh/farm" },
};

describe("what a stack asks of a host", () => {
  const settings = validate(completeSettings());

  it("is by its roles", () => {
    const needs = needsOf(settings, "host1");
    expect(needs.ports.map(({ port }) => port)).toEqual([
      3300, 6789, 8443, 9283, 6443, 2379, 2380, 10257, 10259, 9443, 10250, 30100, 9200, 9300, 5044, 5959,
      9600, 5601, 8443,
    ]);
    expect(needs.devices).toEqual(["/dev/disk/by-id/ata-EXAMPLE"]);
    expect(needs.modules).toEqual(["overlay", "br_netfilter", "fuse", "ceph"]);
    // Monitor, manager, an OSD, ceph-fuse, a control plane; the kernel's own mount has no limit.
    const storage = 2048 + 2048 + 2048 + 1024 + 1700;
    // Elasticsearch, Logstash, nginx, Kibana, a shipper.
    expect(needs.memoryMiB).toBe(storage + 2048 + 2048 + 256 + 1024 + 512);
    expect(needs.registries).toEqual(["registry.example.com:5000", "mirror.example.com:443"]);
  });

  it("is Harbor's on its host: its ports, its parts, room for layers", () => {
    const has = (harbor: object, name = "host3") =>
      needsOf(
        validate({ ...completeSettings(), harbor: { host: "host3", hostname: "r.example.com", ...harbor } }),
        name,
      );
    const without = has({ host: "host2" });
    const least = has({ ports: { https: 8444, http: 8080 }, memoryMiB: { core: 2048 } });
    const ports = least.ports.filter(({ what }) => what === "Harbor");
    expect(ports.map(({ port }) => port)).toEqual([8444, 8080]);
    // Database, cache, registry and its control, core, portal, job service, proxy.
    expect(least.memoryMiB - without.memoryMiB).toBe(1024 + 512 + 1024 + 256 + 2048 + 128 + 1024 + 256);
    const all = has({ ports: { https: 8444, metrics: 9091 }, scanner: {} });
    expect(all.memoryMiB - without.memoryMiB).toBe(
      1024 + 512 + 1024 + 256 + 1024 + 128 + 1024 + 256 + 2048 + 256,
    );
    expect([without.layers, least.layers]).toEqual([undefined, "/srv/farmstack/harbor/registry"]);
    expect(has({ ports: { https: 8444 }, storage: { directory: "/srv/layers" } }).layers).toBe("/srv/layers");
    const { storage } = completeSettings().harbor;
    expect(has({ ports: { https: 8444 }, storage }).layers).toBeUndefined();
  });

  it("is little on a host without a role", () => {
    const { ports, memoryMiB, files } = needsOf(settings, "host4");
    expect([ports, memoryMiB, files]).toEqual([[], 0, []]);
  });

  it("has the registry of Ceph's image when there is no mirror", () => {
    const { images, engine, ...others } = completeSettings();
    expect([images.mirror, engine.source]).toEqual(["registry.example.com:5000/mirror", "docker-ce"]);
    const at = (ceph?: string) =>
      needsOf(validate({ ...others, images: { overrides: ceph ? { ceph } : {} } }), "host1").registries;
    expect(at()).toEqual(["quay.io:443"]);
    expect(at("ceph/ceph:v20")).toEqual(["registry-1.docker.io:443"]);
  });
});

describe("what keeps ssh from a session", () => {
  it.each([
    ["ssh: Could not resolve hostname host2: Name or service not known", "name", "getent hosts 192.0.2.12"],
    ["ssh: connect to host 192.0.2.12 port 2222: No route to host", "route", "ping -c 3 192.0.2.12"],
    ["ssh: connect to host 192.0.2.12 port 2222: Connection timed out", "route", "nc -vz 192.0.2.12 2222"],
    ["ssh: connect to host 192.0.2.12 port 2222: Connection refused", "sshd", "set ssh.port"],
    ["Host key verification failed.", "host key", "npm run hosts:trust -- --stack prod"],
    ["Unable to negotiate: no matching host key type found.", "host key", "npm run hosts:trust"],
    [
      "farm@192.0.2.12: Permission denied (publickey).",
      "login",
      "ssh-copy-id -i ~/.ssh/farm.pub -p 2222 farm@192.0.2.12",
    ],
    [
      "kex_exchange_identification: Connection closed by remote host",
      "ssh",
      "ssh -p 2222 farm@192.0.2.12 sudo true",
    ],
  ])("%s", (printed, what, next) => {
    const result = sshProblem(host, "prod", printed);
    expect([result.state, result.what]).toEqual(["fault", what]);
    expect(result.next).toContain(next);
  });

  it("is told apart from what keeps a login from being root", () => {
    expect(sudoProblem(host, "sudo: a password is required")?.next).toContain("farm ALL=(ALL) NOPASSWD: ALL");
    expect(sudoProblem(host, "farm is not in the sudoers file.")?.what).toBe("sudo");
    expect(sudoProblem(host, "sh: 1: sudo: not found")?.said).toBe("there is no sudo");
    expect(sudoProblem(host, "df: something else")).toBeUndefined();
  });
});

describe("what is seen on a host", () => {
  const needs = {
    ...needsOf(validate(completeSettings()), "host1"),
    files: [{ name: "osd0", sizeGiB: 20 }],
    checkClock: true,
  };
  const good: Seen = {
    clock: { start: 10_100, end: 10_900 },
    system: "Debian GNU/Linux 12 (bookworm)",
    family: "debian",
    systemd: true,
    inContainer: false,
    timeServices: 1,
    memoryMiB: 16 * 1024,
    swaps: 0,
    freeDataGiB: 40,
    freeEngineGiB: 40,
    freeLayersGiB: 0,
    mounted: true,
    files: {},
    devices: { "/dev/disk/by-id/ata-EXAMPLE": "" },
    controllers: ["cpu", "memory", "pids"],
    modules: { overlay: "yes", br_netfilter: "yes", fuse: "yes", ceph: "yes" },
    knowsPorts: true,
    listens: [
      { port: 22, program: "sshd" },
      { port: 6789, program: "ceph-mon" },
      { port: 10257, program: "kube-controller" },
    ],
    registries: { "registry.example.com:5000": "yes" },
    engine: "",
    foreignNode: false,
  };
  const wrong = (seen: Partial<Seen>) =>
    judge(needs, { ...good, ...seen }, { before: 10_000, after: 11_000 }, host)
      .filter(({ state }) => state !== "ok")
      .map(({ state, what, said, next }) => `${state} ${what}: ${said} → ${next}`);

  it("may be as it should", () => {
    expect(wrong({})).toEqual([]);
  });

  it.each<[string, Partial<Seen>, RegExp]>([
    ["another system", { family: "other", system: "Alpine" }, /^fault system: Alpine is neither/],
    ["no systemd", { systemd: false }, /^fault systemd/],
    ["another cluster's node", { foreignNode: true }, /^fault Kubernetes: .*kubeadm reset/],
    ["a clock that is far ahead", { clock: { start: 80_100, end: 80_900 } }, /^fault clock: 69.90 s ahead/],
    ["a clock that is behind", { clock: { start: 9_000, end: 9_800 } }, /^warning clock: 1.00 s behind/],
    ["no time service", { timeServices: 0 }, /^fault time service: .*chrony.*system.checkClock/],
    [
      "a disk too small for the OSD's file",
      { freeDataGiB: 12 },
      /^fault disk: 12.0 GiB free below .*want 20 GiB.*df -h/,
    ],
    ["a disk with little to spare", { freeDataGiB: 22 }, /^warning disk/],
    ["the engine's disk full", { freeEngineGiB: 1 }, /^warning engine's disk/],
    ["a device that is not there", { devices: {} }, /^fault OSD: .*ata-EXAMPLE is not a block device.*by-id/],
    [
      "a device with a file system",
      { devices: { "/dev/disk/by-id/ata-EXAMPLE": "ext4" } },
      /^fault OSD: .*carries ext4: it is never/,
    ],
    ["too little memory", { memoryMiB: 4096 }, /^warning memory: the settings allow 14.4 GiB.*has 4.0 GiB/],
    [
      "a port taken",
      { listens: [{ port: 3300, program: "grafana" }] },
      /^fault ports: grafana has port 3300, which a monitor of Ceph needs.*ss -ltnp 'sport = :3300'/,
    ],
    [
      "the engine open to all",
      { listens: [{ port: 2375, program: "dockerd" }] },
      /^fault ports: .*2375 without TLS/,
    ],
    [
      "no cgroup of memory",
      { controllers: ["cpu", "pids"] },
      /^fault cgroups: without memory.*cgroup_enable=memory/,
    ],
    [
      "a module missing",
      { modules: { ...good.modules, br_netfilter: "no" } },
      /^fault kernel: has no br_netfilter.*modprobe/,
    ],
    ["swap", { swaps: 1 }, /^fault swap: .*swapoff --all/],
    [
      "a registry out of reach",
      { registries: { "192.0.2.9:5000": "no" } },
      /^fault registry: 192.0.2.9:5000 .*nc -vz 192.0.2.9 5000/,
    ],
  ])("has faults: %s", (_, seen, message) => {
    const found = wrong(seen);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
  });

  it("is no fault when the OSD's file is there already, or the stack's own disk", () => {
    expect(wrong({ freeDataGiB: 12, files: { osd0: "yes" } })).toEqual([]);
    expect(wrong({ devices: { "/dev/disk/by-id/ata-EXAMPLE": "ceph_bluestore" } })).toEqual([]);
  });
});

describe("Harbor's disk", () => {
  it("has room for images, or a warning says what to type", () => {
    const needs = { ...needsOf(validate(completeSettings()), "host4"), layers: "/srv/layers" };
    const seen = readSeen("free-layers 20971520\nfree-data 104857600\nfree-engine 104857600");
    const said = (freeLayersGiB: number) =>
      judge(needs, { ...seen, freeLayersGiB }, { before: 0, after: 0 }, host)
        .filter(({ what }) => what === "Harbor's disk")
        .map(({ state, said, next }) => `${state}: ${said} → ${next}`);
    expect(said(seen.freeLayersGiB)).toEqual([
      expect.stringMatching(
        /^warning: 20.0 GiB free for images in \/srv\/layers; .* 40 → ssh .*df -h \/srv\/layers/,
      ),
    ]);
    expect(said(40)).toEqual([]);
  });

  it("is looked at where layers are kept", () => {
    const needs = needsOf(validate(completeSettings()), "host4");
    expect(lookScript("host4", { ...needs, layers: "/srv/my layers" })).toContain("layers='/srv/my layers'");
    expect(lookScript("host4", needs)).toContain("layers=''");
  });
});

describe("this machine", () => {
  it("has a skopeo that is new enough, where a mirror needs it", () => {
    expect(skopeoVersion("skopeo version 1.9.3\n")).toMatchObject({ state: "ok", said: "1.9.3" });
    expect(skopeoVersion("skopeo version 1.4.1 commit: x").state).toBe("warning");
    expect(skopeoVersion(undefined).next).toBe("install skopeo 1.8 or newer");
  });

  it("finds Harbor by its name, or says what has to lead where", () => {
    const host3 = { name: "host3", address: "192.0.2.13" };
    const of = (...found: string[]) => nameLeads("r.example.com", host3, found);
    expect(of("192.0.2.13", "198.51.100.1").state).toBe("ok");
    expect(of("192.0.2.99")).toMatchObject({
      state: "warning",
      said: "r.example.com leads to 192.0.2.99, and Harbor is on host3",
    });
    expect(of().said).toBe("r.example.com leads nowhere from here, and Harbor is on host3");
    expect(nameLeads("r.example.com", { name: "a", address: "a.example.com" }, ["192.0.2.9"]).state).toBe(
      "ok",
    );
  });

  it("has versions that are new enough, or not", () => {
    expect(nodeVersion("20.19.5", ">=20.19").state).toBe("ok");
    expect(nodeVersion("18.20.0", ">=20.19").next).toBe("install Node 20.19 or newer");
    expect(sshVersion("OpenSSH_9.2p1 Debian-2+deb12u7, OpenSSL 3.0.17").state).toBe("ok");
    expect(sshVersion("OpenSSH_8.4p1 Debian-5").state).toBe("fault");
    expect(sshVersion("Dropbear v2022.83").state).toBe("warning");
  });

  it("has plugins, or pulumi up downloads them", () => {
    const listed = Object.entries(pluginVersions).map(([name, version]) => ({
      name,
      version,
      kind: "resource",
    }));
    expect(pluginsIn(JSON.stringify(listed)).map(({ state }) => state)).toEqual(["ok"]);
    const [missing] = pluginsIn(JSON.stringify(listed.filter(({ name }) => name !== "docker")));
    expect(missing?.next).toBe(`pulumi plugin install resource docker v${pluginVersions.docker}`);
  });
});

describe("the doctor", () => {
  let world: World;
  beforeEach(() => {
    world = new World();
    const tool = (name: string, script: string) => world.executable(name, `#!/bin/sh\n${script}\n`);
    tool("pulumi", "case $1 in version) echo v3.230.0 ;; *) echo '[]' ;; esac");
    tool("ssh-add", "echo '256 SHA256:abc key (ED25519)'");
    tool(
      "ss",
      `[ "$FARMSTACK_HOST" != 192.0.2.12 ] || echo 'LISTEN 0 128 *:6789 *:* users:(("minio",pid=7,fd=3))'`,
    );
    tool("df", "echo header; echo 'disk 100000000 1 60000000 1% /'");
    tool("systemctl", "echo active");
    tool("modprobe", "exit 0");
    tool("bash", `case $2 in *quay.io*) exit 0 ;; *) exit 1 ;; esac`);
  });
  afterEach(() => world.remove());

  it("looks at each host in one connection, and names faults by host, with what to type", async () => {
    world.write("down/192.0.2.13", "");
    const { file } = world.stack();
    const findings = await diagnose({ configFile: file }, () => "pulumi");
    // This machine's ssh is the world's here, and its cgroups are what they are.
    const faults = findings.filter(
      ({ state, where, what }) => state === "fault" && where !== "this machine" && what !== "cgroups",
    );
    expect(faults.map(({ where, what, next }) => [where, what, next])).toEqual([
      ["host2", "ports", "ssh root@192.0.2.12 ss -ltnp 'sport = :6789'"],
      ["host3", "route", "ip route get 192.0.2.13; ping -c 3 192.0.2.13"],
    ]);
    expect(findings.filter(({ where }) => where === "host1").map(({ what }) => what)).toEqual(
      expect.arrayContaining(["ssh", "sudo", "system", "clock", "disk", "memory", "ports", "registry"]),
    );
    expect(renderFindings(findings)).toContain(
      "✗ host2: ports: minio has port 6789, which a monitor of Ceph needs\n    ssh root@192.0.2.12 ss -ltnp",
    );
  });

  it("changes nothing: its script writes nowhere and runs nothing that does", () => {
    const script = lookScript("host1", needsOf(world.stack().settings, "host1"));
    const look = script.slice(script.indexOf("# Looks at a host and changes nothing"));
    expect(look.match(/>(?!\/dev\/null|&\d)\s*["$/\w]/g)).toBeNull();
    expect(look).not.toMatch(/\b(mkdir|rm|mv|cp|sed -i|tee|install_packages|put|systemctl (?!is-active))\b/);
  });

  it("tells all faults of the stack's file, and leaves the hosts alone until it is right", async () => {
    const file = join(world.folder, "Pulumi.bad.yaml");
    writeFileSync(file, "config: { 'farmstack:hosts': [{ nme: a }] }");
    const findings = await diagnose({ configFile: file }, () => "pulumi");
    const said = findings
      .filter(({ where }) => where === "the stack's file")
      .map(({ what, said }) => `${what}: ${said}`);
    expect(said).toEqual(
      expect.arrayContaining(["hosts[0].nme: unknown key, did you mean name?", "ceph: missing"]),
    );
    expect(hasFaults(findings)).toBe(true);
  });

  it("is a command with an exit code, and JSON", async () => {
    const { file } = world.stack();
    const { code, stdout, stderr } = await runProgram("tools/doctor.ts", ["--config-file", file, "--json"]);
    expect(code, stderr).toBe(2);
    const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: { where: string }[] };
    expect([ok, findings.length > 20]).toEqual([false, true]);
    const help = await runProgram("tools/doctor.ts", ["--help"]);
    expect(help.stdout).toContain("It changes nothing.");
  });
});
