import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseState } from "../../../tools/state";
import { type Made, madeOf } from "../../../tools/status/made";
import { formatStatus, stackStatus } from "../../../tools/status/stack-status";
import { runProgram } from "../../program";
import { recorded } from "./diagram/recorded";
import { World } from "./world";

const addresses = { host1: "192.0.2.11", host2: "192.0.2.12", host3: "192.0.2.13" };
const made: Made = {
  hosts: addresses,
  containers: Object.fromEntries(
    [1, 2, 3].map((n) => [`host${n}`, [`ceph-mon-host${n}`, `ceph-osd-host${n}-disk${n}`]]),
  ),
  monitors: ["host1", "host2", "host3"],
  nodes: undefined,
  databases: [],
  webApps: [],
  workloads: [],
  certificates: [],
  healthCommands: {},
};

describe("the status of a stack", () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });
  afterEach(() => world.remove());

  it("shows hosts, their containers, and Ceph", async () => {
    const status = await stackStatus(world.stack(), made);
    expect(formatStatus(status))
      .toBe(`host1  192.0.2.11       docker 20.10.24       ceph-mon-host1, ceph-osd-host1-disk1
host2  192.0.2.12       docker 20.10.24       ceph-mon-host2, ceph-osd-host2-disk2
host3  192.0.2.13       docker 20.10.24       ceph-mon-host3, ceph-osd-host3-disk3

ceph: HEALTH_WARN
  OSDMAP_FLAGS: noout flag(s) set
  monitors: 3 of 3 in quorum (host1, host2, host3)
  manager: host1, 1 standing by
  OSDs: 3 of 3 up
  metadata servers: 1 active, 1 standing by

all is well`);
    expect(status.ok).toBe(true);
  });

  it("names what is stopped, gone or out of reach, and what to do", async () => {
    world.write("containers/ceph-osd-host2-disk2", "exited");
    world.write("down/192.0.2.13", "");
    const containers = { ...made.containers, host1: ["ceph-mon-host1", "ceph-mgr-host1"] };
    const status = await stackStatus(world.stack(), { ...made, containers });
    expect(status.ok).toBe(false);
    expect(status.problems).toEqual([
      "ceph-mgr-host1 on host1 is gone: pulumi up --refresh makes it again",
      "ceph-osd-host2-disk2 on host2 is exited: docker start ceph-osd-host2-disk2",
      "host3 (192.0.2.13) can't be reached by ssh: ssh: connect to host 192.0.2.13 port 22: No route to host. Try: ssh farm@192.0.2.13 sudo true",
    ]);
    expect(formatStatus(status)).toMatch(/^host3 .* unreachable$/m);
  });

  it("is of what was made, not of what the file says since", async () => {
    const hosts = { ...addresses, host9: "192.0.2.19" };
    const status = await stackStatus(world.stack(), { ...made, hosts });
    expect(status.problems).toEqual([
      expect.stringMatching(/^host9 is in the state and not in .*Pulumi.test.yaml/),
    ]);
    const [first] = (await stackStatus(world.stack(), { ...made, hosts: { host1: "192.0.2.11" } })).hosts;
    expect(first?.name).toBe("host1");
  });

  it("asks further components by their own commands, over the stack's own ssh", async () => {
    const healthCommands = {
      mesos: "ssh root@192.0.2.11 echo green; echo more",
      registry: "ssh -p 22 farm@192.0.2.13 sudo sh -c 'echo no disk >&2; exit 3'",
      entry: "ssh root@192.0.2.99 true",
      discovery: "echo leader",
      ceph: "false", // asked in another way
    };
    const status = await stackStatus(world.stack(), { ...made, healthCommands });
    expect(status.commands.map(({ name, well, said }) => [name, well, said])).toEqual([
      ["mesos", true, "green"],
      ["registry", false, "no disk"],
      ["entry", false, "the stack's file has no host 192.0.2.99"],
      ["discovery", true, "leader"],
    ]);
    expect(status.ok).toBe(false);
    expect(formatStatus(status)).toContain(
      `registry: FAILED: no disk\n  Look at: ${healthCommands.registry}`,
    );
  });

  it.each([
    ["harbor", '{"status":"healthy","components":[{"name":"core","status":"healthy"}]}', true, "healthy"],
    [
      "harbor",
      '{"status":"unhealthy","components":[{"name":"redis","status":"unhealthy"}]}',
      false,
      "unhealthy (redis)",
    ],
    ["harbor", "", false, "no answer"],
    ["logging", "health yellow nodes 1 of 1", true, "yellow, 1 of 1 nodes"],
    ["logging", "health red nodes 3 of 3", false, "red, 3 of 3 nodes"],
    ["logging", "health yellow nodes 2 of 3", false, "yellow, 2 of 3 nodes"],
    ["logging", "something else", false, "unknown, NaN of NaN nodes"],
  ])(
    "reads what a command says that ends with 0 whatever it says: %s %s",
    async (name, printed, well, said) => {
      world.write("printed", printed);
      const command = `ssh root@192.0.2.11 cat ${join(world.folder, "printed")}`;
      const { ok, commands } = await stackStatus(world.stack(), {
        ...made,
        healthCommands: { [name]: command },
      });
      expect(commands).toEqual([{ name, command, well, said }]);
      expect(ok).toBe(well);
    },
  );

  it("has the nodes of a cluster that was there before", async () => {
    const node = {
      kind: "Node",
      metadata: { name: "theirs" },
      spec: {},
      status: { conditions: [{ type: "Ready", status: "True" }], nodeInfo: { kubeletVersion: "v1.34.1" } },
    };
    const dns = {
      kind: "Deployment",
      metadata: { name: "coredns", namespace: "kube-system" },
      spec: {},
      status: {},
    };
    world.executable("kubectl", `#!/bin/sh\ncat <<'END'\n${JSON.stringify({ items: [node, dns] })}\nEND\n`);
    const stack = world.stack();
    stack.settings.kubernetes.kubeconfigFile = "/etc/kubeconfig";
    const { kubernetes, ok } = await stackStatus(stack, made);
    expect(kubernetes?.nodes).toEqual([{ name: "theirs", ready: true, drained: false, version: "v1.34.1" }]);
    expect(ok).toBe(false); // CoreDNS has no pod
  });

  it("tells of certificates that end soon, the control planes' and those of the state", async () => {
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000 + 60_000).toISOString();
    const expirations = {
      certificates: [
        { name: "apiserver", expirationDate: inDays(29) },
        { name: "etcd-server", expirationDate: inDays(31) },
        { name: "super-admin.conf", expirationDate: "0001-01-01T00:00:00Z", missing: true },
      ],
      certificateAuthorities: [{ name: "ca", expirationDate: inDays(3000) }],
    };
    world.executable(
      "kubeadm",
      `#!/bin/sh\necho '[check-expiration] a note'\ncat <<'END'\n${JSON.stringify(expirations)}\nEND\n`,
    );
    const stack = world.stack();
    stack.settings.kubernetes.controlPlane = ["host1", "host2"];
    const certificates = [{ name: "logging-receiver-certificate", ends: inDays(-1) }];
    const status = await stackStatus(stack, { ...made, nodes: ["host1", "host3"], certificates });
    const day = (days: number) => inDays(days).slice(0, 10);
    expect(status.problems).toEqual([
      `certificate logging-receiver-certificate ended on ${day(-1)}: pulumi up`,
      `certificate apiserver on host1 ends on ${day(29)}: kubeadm certs renew all on host1, docs/kubernetes.md#certificates`,
    ]);
    expect(status.ok).toBe(false);
    expect(formatStatus(status)).toContain(
      "certificates: the first of 4 to end is logging-receiver-certificate, in -1 days",
    );
  });

  it("is a command with an exit code, and JSON", async () => {
    const { file } = world.stack();
    const root = {
      urn: "urn:pulumi:test::farmstack::pulumi:pulumi:Stack::farmstack-test",
      type: "pulumi:pulumi:Stack",
      outputs: { hostAddresses: addresses, cephMonitors: ["host1"] },
    };
    world.write("state.json", JSON.stringify({ deployment: { resources: [root] } }));
    const status = (...args: string[]) =>
      runProgram("tools/status.ts", [
        ...["--config-file", file, "--state", join(world.folder, "state.json")],
        ...args,
      ]);
    const well = await status("--json");
    expect([well.code, (JSON.parse(well.stdout) as { ok: boolean }).ok], well.stderr).toEqual([0, true]);
    world.write("containers/ceph-mon-host2", "exited");
    expect((await status()).code).toBe(2);
  });
});

describe("what the last run made", () => {
  it("has the certificates that the program made", () => {
    const certificate = (type: string, name: string, validityEndTime: string) => ({
      urn: `urn:pulumi:test::farmstack::tls:index/${type}:${type}::${name}`,
      type: `tls:index/${type}:${type}`,
      outputs: { validityEndTime },
    });
    const resources = [
      certificate("locallySignedCert", "logging-receiver-certificate", "2027-01-02T03:04:05Z"),
      certificate("selfSignedCert", "logging-ca", "2036-01-02T03:04:05Z"),
      certificate("privateKey", "logging-key", "2036-01-02T03:04:05Z"),
    ];
    expect(madeOf(parseState(JSON.stringify({ deployment: { resources } }))).certificates).toEqual([
      { name: "logging-receiver-certificate", ends: "2027-01-02T03:04:05Z" },
      { name: "logging-ca", ends: "2036-01-02T03:04:05Z" },
    ]);
  });

  it("is in the state", () => {
    const { containers, healthCommands, ...others } = madeOf(parseState(recorded()));
    expect(others).toEqual({
      hosts: { host1: "10.77.0.11", host2: "10.77.0.12", host3: "10.77.0.13" },
      monitors: ["host1", "host2", "host3"],
      nodes: ["host1", "host2", "host3"],
      certificates: [],
      databases: ["store"],
      webApps: ["profile"],
      workloads: [
        { kind: "Deployment", namespace: "kube-system", name: "metrics-server" },
        { kind: "DaemonSet", namespace: "log-shipper", name: "log-shipper" },
        { kind: "StatefulSet", namespace: "profiles", name: "store" },
        { kind: "Deployment", namespace: "profiles", name: "profile" },
      ],
    });
    expect(containers.host1).toEqual([
      "ceph-mgr-host1",
      "ceph-mon-host1",
      "ceph-mount-host1-mnt-cephfs",
      "ceph-osd-host1-osd0",
      "log-shipper-host1",
    ]);
    expect(Object.keys(healthCommands).sort()).toEqual([
      "ceph",
      "database store",
      "kubernetes",
      "logging",
      "webApp profile",
    ]);
  });
});
