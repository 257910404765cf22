import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureDocker } from "../../lab/docker";
import { assertLabRoute } from "../../lab/hosts";
import { containerName } from "../../lab/hosts/addresses";
import { builtModule } from "../../lab/kubernetes";
import { run } from "../../lab/run";
import { type SnapshotList } from "../../tools/kubernetes/snapshots";
import { changedStack, command, lab, on, pulumi, stackWithoutStorage, tryUp, waitFor } from "./lab";
import { commandsOf, typeIn } from "./pages";

const nodes = ["host1", "host2", "host3"];
const endpoint = "10.77.0.100";

/**
 * The dev stack with a control plane on each host and an address that moves, no more of Ceph than it has to have, and
 * nothing that runs on the cluster.
 */
async function threeControlPlanes(): Promise<string> {
  const document = await stackWithoutStorage(["kubernetes"]);
  document.deleteIn(["config", "farmstack:ceph", "managerModules"]);
  const kubernetes = (key: string) => ["config", "farmstack:kubernetes", key];
  document.setIn(kubernetes("controlPlane"), document.createNode(nodes));
  document.setIn(kubernetes("workers"), document.createNode([]));
  document.setIn(kubernetes("endpoint"), document.createNode({ address: endpoint }));
  for (const key of ["storage", "metrics"]) document.deleteIn(kubernetes(key));
  document.setIn(kubernetes("snapshots"), document.createNode({ directory: "/var/backups/etcd" }));
  return document.toString();
}

/** Its pods leave a machine that is gone at once when the cluster has noticed; by default they wait for five minutes. */
const deployment = (color: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: rolled }
spec:
  replicas: 2
  selector: { matchLabels: { app: rolled } }
  template:
    metadata: { labels: { app: rolled }, annotations: { color: ${color} } }
    spec:
      terminationGracePeriodSeconds: 1
      tolerations:
        - { key: node.kubernetes.io/unreachable, effect: NoExecute, operator: Exists, tolerationSeconds: 1 }
        - { key: node.kubernetes.io/not-ready, effect: NoExecute, operator: Exists, tolerationSeconds: 1 }
      containers: [{ name: rolled, image: "10.77.0.10:5000/lab/kubernetes/pause:3.10.1" }]
`;

/** Leaves of a host's part in the cluster what a new disk has of it: nothing, and nobody told. */
const lose = (host: string): Promise<string> =>
  on(
    host,
    `PATH=$PATH:/usr/local/bin
     kubeadm reset --force --skip-phases remove-etcd-member >/dev/null 2>&1
     rm -r /var/lib/etcd/* /etc/kubernetes`,
  );

describe("three control planes behind an address that moves", () => {
  let folder: string;
  let programs: string;

  /** kubectl on the operator's machine, with the kubeconfig that the stack gives. */
  const kubectl = async (args: string[], input?: string): Promise<string> => {
    await assertLabRoute(endpoint);
    const kubeconfig = join(folder, "kubeconfig");
    const all = ["--kubeconfig", kubeconfig, "--request-timeout", "5s", ...args];
    return (await run(join(programs, "kubectl"), all, { input, timeout: 240_000 })).stdout.trim();
  };
  const rolledOut = (within: string) =>
    kubectl(["rollout", "status", "deployment/rolled", "--timeout", within, "--request-timeout", "0"]);
  /** The host that has the address. */
  const holder = async (): Promise<string | undefined> => {
    for (const host of nodes) {
      const has = await on(host, `ip -o address show to ${endpoint}`).catch(() => "");
      if (has !== "") return host;
    }
    return undefined;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "farmstack-control-planes-"));
    programs = await builtModule("kubernetes");
    expect((await lab("down", "--keep-images")).code).toBe(0);
    const stack = join(folder, "Pulumi.dev.yaml");
    await writeFile(stack, await threeControlPlanes());
    const { code, stdout, stderr } = await lab("up", "--config-file", stack);
    process.stdout.write(stderr.slice(stderr.lastIndexOf("\n\n")));
    expect(code, stdout + stderr).toBe(0);
    const shown = await pulumi("stack", "output", "kubernetesKubeconfig", "--stack", "dev", "--show-secrets");
    await writeFile(join(folder, "kubeconfig"), shown.stdout, { mode: 0o600 });
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it("has three members of etcd, and its address on one of the hosts", async () => {
    expect(await kubectl(["config", "view", "-o", "jsonpath={.clusters[0].cluster.server}"])).toBe(
      `https://${endpoint}:8443`,
    );
    const pods = await kubectl(["-n", "kube-system", "get", "pods", "-l", "component=etcd", "-o", "name"]);
    expect(pods.split("\n")).toHaveLength(3);
    expect(nodes).toContain(await holder());
    await kubectl(["apply", "-f", "-"], deployment("first"));
    await rolledOut("120s");
  });

  it("answers within 30 s when the machine with the address dies, and goes on rolling", async () => {
    const victim = (await holder()) as string;
    const engine = await ensureDocker();
    const machine = engine.client.getContainer(containerName(victim));
    await machine.kill();
    try {
      const answered = await waitFor(async () => (await kubectl(["get", "--raw", "/readyz"])) === "ok", 30);
      const written = await waitFor(
        async () =>
          (await kubectl(["create", "configmap", "after", "--dry-run=none"])) === "configmap/after created",
        30,
      );
      const moved = await holder();
      expect(nodes.filter((name) => name !== victim)).toContain(moved);
      await kubectl(["apply", "-f", "-"], deployment("second"));
      const started = Date.now();
      await rolledOut("180s");
      const rolled = Math.round((Date.now() - started) / 1000);
      process.stdout.write(
        `${victim} died: the API answered after ${answered} s, took a write ${written} s later, from ${moved}; a Deployment rolled out in ${rolled} s\n`,
      );
    } finally {
      await machine.start();
    }
    const back = await waitFor(async () => (await lab("status")).code === 0, 300);
    process.stdout.write(`${victim} booted: all is well after ${back} s\n`);
  });

  it("has all members of etcd in agreement again", async () => {
    const ready = "curl --silent --insecure --max-time 5 'https://127.0.0.1:6443/readyz?verbose'";
    for (const host of nodes) await waitFor(async () => (await on(host, ready)).includes("[+]etcd ok"), 120);
  });

  it("has nothing left to do", async () => {
    const again = await pulumi("up", "--stack", "dev", "--yes", "--expect-no-changes");
    expect(again.code, again.stdout + again.stderr).toBe(0);
  });

  it("goes on without a control plane that is lost for good, and is restored when only one is left", async () => {
    await kubectl(["create", "configmap", "kept"]);
    await on("host1", "systemctl start farmstack-etcd-snapshot");
    await kubectl(["create", "configmap", "later"]);

    await lose("host3");
    // What was connected to its API server is cut.
    const forget = ["delete", "node", "host3", "--ignore-not-found", "--request-timeout", "0"];
    await waitFor(async () => {
      await kubectl(forget);
      return true;
    }, 30);
    const [, ask = ""] = await commandsOf("kubernetes.md", "Nodes that come and go");
    const words = {
      "kubectl ": `${join(programs, "kubectl")} --kubeconfig ${join(folder, "kubeconfig")} `,
      OTHER: "host1",
    };
    const its = /^(\w+), \w+, host3,/m.exec(await typeIn(ask, words))?.[1];
    const remove = ask.replace("member list", `member remove ${its}`);
    expect(await typeIn(remove, words)).toMatch(/^Member +\w+ removed from cluster/);
    expect(await kubectl(["create", "configmap", "without"])).toBe("configmap/without created");

    await lose("host2"); // of two members none can go
    await expect(kubectl(["create", "configmap", "lost"])).rejects.toThrow();
    const left = await changedStack((document) => {
      document.setIn(["config", "farmstack:kubernetes", "controlPlane"], document.createNode(["host1"]));
    });
    const tool = (...args: string[]) => command("kubernetes", args, left);
    const listed = await tool("snapshots", "--json");
    const { snapshots } = JSON.parse(listed.stdout) as SnapshotList;
    const newest = snapshots.find(({ name }) => name.startsWith("host1-"))?.name ?? "";
    const restored = await tool("restore", newest, "--yes", "--json");
    expect(restored.code, restored.stdout + restored.stderr).toBe(0);
    let names = "";
    await waitFor(async () => {
      names = await kubectl(["get", "configmaps", "--output", "name"]);
      return true;
    }, 30); // until the balancers have seen that it answers
    expect(names).toContain("configmap/kept");
    expect(names).not.toContain("configmap/later");

    await kubectl(["delete", "node", "host2", "host3", "--request-timeout", "0"]);
    const alone = await tryUp("--config-file", left);
    expect(alone.code, alone.stdout + alone.stderr).toBe(0);
    const started = Date.now();
    const back = await tryUp();
    expect(back.code, back.stdout + back.stderr).toBe(0);
    process.stdout.write(`two control planes joined in ${Math.round((Date.now() - started) / 1000)} s\n`);
    await waitFor(async () => (await lab("status")).code === 0, 300);
    // A member that has just joined may make the others choose a leader anew.
    await waitFor(async () => /^(\w+, started, host[123],.*\n){3}$/.test(await typeIn(ask, words)), 60);
    await rolledOut("180s");
  });
});
