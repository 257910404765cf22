import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kubectlCommand } from "../../components/kubernetes/kubectl";
import { ensureDocker } from "../../lab/docker";
import { assertLabRoute } from "../../lab/hosts";
import { publishNextKubernetes } from "../../lab/kubernetes";
import { imageRepository, imageTags } from "../../lab/kubernetes/images";
import { versions } from "../../lab/kubernetes/versions";
import { onLabHost } from "../../lab/ssh";
import { type Clients, startClients, statusOf } from "./clients";
import { kubectl } from "./kubernetes";
import { changedStack, host, lab, on, pulumi, tryUp, tryUpWith, waitFor } from "./lab";

const nodes = ["host1", "host2", "host3"];
const workers = nodes.slice(1);
const print = (line: string) => process.stdout.write(`${line}\n`);

const port = 30090;
const page = `http://10.77.0.11:${port}/health`;

/** Two copies of what answers by HTTP, and serves on for a while when it is told to end: CoreDNS, which is on the nodes already. */
const answering = `apiVersion: v1
kind: ConfigMap
metadata: { name: answering }
data:
  Corefile: |
    .:5353 {
      errors
      health :8080 {
        lameduck 10s
      }
    }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: answering }
spec:
  replicas: 2
  strategy: { rollingUpdate: { maxUnavailable: 0 } }
  selector: { matchLabels: { app: answering } }
  template:
    metadata: { labels: { app: answering } }
    spec:
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector: { matchLabels: { app: answering } }
          matchLabelKeys: [pod-template-hash]
      containers:
        - name: answering
          image: 10.77.0.10:5000/${imageRepository}/coredns:${imageTags.coredns}
          args: [-conf, /etc/coredns/Corefile]
          readinessProbe: { httpGet: { path: /health, port: 8080 }, periodSeconds: 1 }
          volumeMounts: [{ name: settings, mountPath: /etc/coredns }]
      volumes: [{ name: settings, configMap: { name: answering } }]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: answering }
spec: { maxUnavailable: 1, selector: { matchLabels: { app: answering } } }
---
apiVersion: v1
kind: Service
metadata: { name: answering }
spec:
  type: NodePort
  selector: { app: answering }
  ports: [{ port: 80, targetPort: 8080, nodePort: ${port} }]`;

const hostsOfPods = async () =>
  (await kubectl("get pods --selector app=answering --output jsonpath='{.items[*].spec.nodeName}'"))
    .split(" ")
    .sort();

/** What the hosts' nodes need in the course of years, as docs/kubernetes.md says it. Leaves a cluster of the next version. */
describe("the nodes of the dev stack's Kubernetes", () => {
  let clients: Clients;
  let next: Awaited<ReturnType<typeof publishNextKubernetes>>;

  beforeAll(async () => {
    await assertLabRoute("10.77.0.11");
    next = await publishNextKubernetes(await ensureDocker()); // has to be built where there is no cache
    await kubectl("apply -f -", answering);
    await kubectl("rollout status deployment/answering --timeout=55s");
    await waitFor(async () => (await statusOf(page)) === 200, 30);
    clients = await startClients([page], 200);
  });
  afterAll(async () => {
    await clients.stop();
    await kubectl(
      "delete service/answering deployment/answering configmap/answering poddisruptionbudget/answering",
    );
  });

  it("get other certificates before a year is over, and the stack reads the administrator's", async () => {
    const expirations = () => on("host1", "kubeadm certs check-expiration 2>/dev/null");
    const rowOf = (name: string, text: string) =>
      text.split("\n").find((line) => line.startsWith(`${name} `));
    const inFile = (file: string) =>
      on("host1", `openssl x509 -noout -serial -in /etc/kubernetes/pki/${file}`);
    const served = (at: number) =>
      on(
        "host1",
        `openssl s_client -connect 127.0.0.1:${at} </dev/null 2>/dev/null | openssl x509 -noout -serial`,
      );
    const kubeconfigOfStack = async () => {
      const shown = await pulumi(
        "stack",
        "output",
        "kubernetesKubeconfig",
        "--stack",
        "dev",
        "--show-secrets",
      );
      return /client-certificate-data: (\S+)/.exec(shown.stdout)?.[1];
    };
    const kubeconfigOfHost = () =>
      on("host1", "sed -n 's/^ *client-certificate-data: //p' /etc/kubernetes/admin.conf");

    const before = await expirations();
    const old = await kubeconfigOfStack();
    expect(old).toBe(await kubeconfigOfHost());
    await on("host1", "kubeadm certs renew all");
    const parts = "'etcd|kube-apiserver|kube-controller|kube-scheduler'";
    const processes = async () => (await on("host1", `pgrep --exact ${parts}`)).split("\n");
    const ended = await processes();
    expect(ended).toHaveLength(4);
    await on("host1", `pkill --exact ${parts}`);
    const seconds = await waitFor(
      async () =>
        (await processes()).filter((id) => !ended.includes(id)).length === 4 &&
        (await served(6443)) === (await inFile("apiserver.crt")) &&
        (await served(2379)) === (await inFile("etcd/server.crt")) &&
        (await kubectl("get --raw /readyz")) === "ok",
      120,
    );
    print(`certificates: the API served the new ones after ${seconds} s`);
    const after = await expirations();
    for (const name of ["admin.conf", "apiserver", "etcd-server", "scheduler.conf"]) {
      expect(rowOf(name, after)).toContain(" 364d ");
      expect(rowOf(name, after)).not.toBe(rowOf(name, before));
    }

    const read = await pulumi("up", "--stack", "dev", "--yes", "--replace", "**-kubernetes-kubeconfig");
    expect(read.code, read.stdout + read.stderr).toBe(0);
    expect(read.stdout).toMatch(/^ *\+-1 replaced$/m);
    const now = await kubeconfigOfStack();
    expect([now === old, now === (await kubeconfigOfHost())]).toEqual([false, true]);
  });

  it("let one go while pods answer, and take it back with another network for its pods", async () => {
    const drain = "drain host3 --ignore-daemonsets --delete-emptydir-data";
    await onLabHost(await host("host1"), kubectlCommand(drain), { timeout: 150_000 });
    // The scheduler, whose process the test before ended, may be waiting for its next start.
    const seconds = await waitFor(async () => (await hostsOfPods()).join() === "host2,host2", 120);
    print(`drained: the other node had the pods after ${seconds} s`);
    const without = await tryUpWith((document) =>
      document.setIn(["config", "farmstack:kubernetes", "workers"], document.createNode(["host2"])),
    );
    expect(without.code, without.stdout + without.stderr).toBe(0);
    const networkOf = () => kubectl("get node host3 --output jsonpath={.spec.podCIDR}");
    const before = await networkOf();
    await on("host3", "echo y | kubeadm reset");
    await kubectl("delete node host3");
    await on("host3", "rm /etc/kubernetes/farmstack-cluster");
    expect(await kubectl("get nodes --output name")).toBe("node/host1\nnode/host2");
    // Takes the network that is free now, so that the node gets another: the old bridge would do for its own.
    await kubectl(
      "create --filename -",
      JSON.stringify({ apiVersion: "v1", kind: "Node", metadata: { name: "other" } }),
    );
    await waitFor(
      async () => (await kubectl("get node other --output jsonpath={.spec.podCIDR}")) === before,
      60,
    );

    const back = await tryUp();
    expect(back.code, back.stdout + back.stderr).toBe(0);
    await kubectl("wait --for=condition=Ready node/host3 --timeout=55s");
    await kubectl("delete node other");
    expect(await networkOf()).not.toBe(before);
    await kubectl("rollout restart deployment/answering");
    await kubectl("rollout status deployment/answering --timeout=55s");
    await waitFor(async () => (await hostsOfPods()).join() === workers.join(), 60);
    const addresses = "get pods --selector app=answering --output jsonpath='{.items[*].status.podIP}'";
    for (const address of (await kubectl(addresses)).split(" "))
      for (const node of nodes)
        expect(await on(node, `curl --silent --max-time 5 http://${address}:8080/health`), node).toBe("OK");
    expect(clients.failures).toEqual([]);
  });

  it("go to another version one after the other, while pods answer", async () => {
    const started = Date.now();
    const { version, binaries } = next;
    const file = await changedStack((document) => {
      document.setIn(["config", "farmstack:kubernetes", "version"], version);
      document.setIn(["config", "farmstack:kubernetes", "source"], document.createNode({ binaries }));
    });
    const watch = watchNodes();
    const { code, stdout, stderr } = await tryUp("--config-file", file);
    const { cordoned, order } = await watch.stop();
    print(`upgrade: done after ${Math.round((Date.now() - started) / 1000)} s, ${clients.requests} requests`);
    expect(code, stdout + stderr).toBe(0);
    expect(cordoned).toEqual(nodes);
    expect(order).toEqual(nodes);
    expect(clients.failures).toEqual([]);

    const images = "get pods --all-namespaces --output jsonpath='{.items[*].spec.containers[*].image}'";
    const ofVersion = async () => {
      const running = (await kubectl(images)).split(" ").filter((image) => image.includes("/kube-"));
      return running.length === 3 + nodes.length && running.every((image) => image.endsWith(`:v${version}`));
    };
    await waitFor(ofVersion, 60); // kube-proxy follows on each node
    await waitFor(async () => (await lab("status")).code === 0, 120);
    const again = await pulumi("preview", "--stack", "dev", "--config-file", file, "--expect-no-changes");
    expect(again.code, again.stdout + again.stderr).toBe(0);
  });
});

/** Notes which nodes are cordoned, and which are of the next version, in the order in which that is seen. */
function watchNodes() {
  const cordoned: string[] = [];
  const order: string[] = [];
  let over = false;
  const columns = "NAME:.metadata.name,CORDONED:.spec.unschedulable,VERSION:.status.nodeInfo.kubeletVersion";
  const watching = (async () => {
    while (!over) {
      // The API is away when its control plane changes.
      const rows = await kubectl(`get nodes --no-headers --output custom-columns=${columns}`).catch(() => "");
      const now = rows.split("\n").map((row) => row.split(/ +/));
      const away = now.filter(([, unschedulable]) => unschedulable === "true").map(([name = ""]) => name);
      if (away.length > 0 && cordoned.at(-1) !== away.join()) cordoned.push(away.join());
      for (const [name = "", , version] of now)
        if (version === `v${versions.kubernetesNext}` && !order.includes(name)) order.push(name);
      await new Promise((wait) => setTimeout(wait, 1000));
    }
  })();
  return {
    stop: async () => {
      over = true;
      await watching;
      return { cordoned, order };
    },
  };
}
