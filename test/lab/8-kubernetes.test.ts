import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { catalog } from "../../components/images";
import { registryAddress, upstreamRegistries } from "../../lab/hosts";
import { type LabStatus } from "../../lab/status";
import { type RestoreResult } from "../../tools/kubernetes/restore";
import { type SnapshotList } from "../../tools/kubernetes/snapshots";
import { command, lab, on, pulumi, waitFor } from "./lab";
import { mounted } from "./ceph";
import { kubectl } from "./kubernetes";

const nodes = ["host1", "host2", "host3"];

/** A command in the pod of a host. */
const inPod = (host: string, command: string): Promise<string> =>
  kubectl(`exec client-${host} -- sh -c '${command}'`);

/** What a pod gets from an address. */
const fetched = (host: string, url: string): Promise<string> =>
  inPod(
    host,
    `python3 -c "import urllib.request as web; print(web.urlopen(\\"${url}\\", timeout=10).read().decode().strip())"`,
  );

/** Ceph's image has a shell and Python: a pod of it serves its own name, on each node. */
const pods = nodes
  .map(
    (host) => `apiVersion: v1
kind: Pod
metadata: { name: client-${host}, labels: { app: client } }
spec:
  nodeName: ${host}
  terminationGracePeriodSeconds: 1
  containers:
    - name: client
      image: 10.77.0.10:5000/lab/ceph:16.2.15
      command: [sh, -c, 'mkdir /www; echo ${host} >/www/name; cd /www; exec python3 -m http.server 8080']
      readinessProbe: { httpGet: { path: /name, port: 8080 }, periodSeconds: 1 }
      volumeMounts:
        - { name: files, mountPath: /files, mountPropagation: HostToContainer }
  volumes:
    - { name: files, hostPath: { path: /mnt } }
---`,
  )
  .join("\n");
const service = `apiVersion: v1
kind: Service
metadata: { name: client }
spec: { selector: { app: client }, ports: [{ port: 80, targetPort: 8080 }] }`;

describe("the dev stack's Kubernetes", () => {
  /** The whole dev stack on fresh hosts, as `npm run lab` brings it up. */
  beforeAll(async () => {
    expect((await lab("down", "--keep-images")).code).toBe(0);
    const { code, stdout, stderr } = await lab("up");
    process.stdout.write(stderr.slice(stderr.lastIndexOf("\n\n")));
    expect(code, stdout + stderr).toBe(0);
    expect(stderr).toMatch(/\d+ MiB peak memory/);
  });
  afterAll(async () => {
    await kubectl(
      "delete --ignore-not-found service/client pod/client-host1 pod/client-host2 pod/client-host3",
    );
  });

  it("has three nodes that are ready, and resolves names", async () => {
    const { stdout } = await lab("status", "--json");
    const { kubernetes } = JSON.parse(stdout) as LabStatus;
    expect(kubernetes?.nodes.map(({ name, ready, drained }) => [name, ready, drained])).toEqual(
      nodes.map((name) => [name, true, false]),
    );
    expect(kubernetes?.dns.available).toBe(kubernetes?.dns.wanted);
  });

  it("came from the lab's registry and from nowhere else: the images' own registries lead nowhere", async () => {
    const ours = new RegExp(`^${registryAddress.replaceAll(".", "\\.")}/`);
    for (const node of nodes) {
      for (const name of upstreamRegistries())
        expect(await on(node, `getent ahosts ${name} | cut -d ' ' -f 1 | sort -u`)).toBe("127.0.0.1");
      const pulled = await on(node, `timeout 30 docker pull ${catalog.ceph.reference} 2>&1 || echo FAILED`);
      expect(pulled).toMatch(/refused[^]*FAILED/);
      const running = "docker ps --quiet | xargs docker inspect --format '{{.Image}}' | sort -u";
      const digests = await on(
        node,
        `${running} | xargs docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}'`,
      );
      for (const digest of digests.split(/\n+/)) expect(digest).toMatch(ours);
      const names = (await on(node, "ctr --namespace k8s.io images ls --quiet")).split("\n");
      expect(names.filter((name) => !name.startsWith("sha256:"))).not.toEqual([]);
      for (const name of names) expect(name).toMatch(new RegExp(`${ours.source}|^sha256:`));
    }
  });

  it("left Docker's containers alone", async () => {
    expect(await on("host1", "docker ps --quiet --filter name=ceph-mon-host1")).not.toBe("");
  });

  it("lets a pod on each node reach the others by address and by service name", async () => {
    await kubectl("apply -f -", `${pods}\n${service}`);
    await kubectl("wait --for=condition=Ready pod --selector app=client --timeout=300s");
    const addresses = await Promise.all(
      nodes.map((host) => kubectl(`get pod client-${host} -o jsonpath={.status.podIP}`)),
    );
    for (const from of nodes)
      for (const [index, to] of nodes.entries())
        expect(await fetched(from, `http://${addresses[index]}:8080/name`)).toBe(to);
    for (const from of nodes) {
      const answer = await fetched(from, "http://client.default.svc.cluster.local/name");
      expect(nodes).toContain(answer);
      expect(nodes).toContain(await fetched(from, "http://client/name"));
    }
  });

  it("lets pods on two nodes write and read the same file of CephFS", async () => {
    const file = `/files/${mounted.split("/").pop()}/from-a-pod`;
    await inPod("host2", `echo written on host2 >${file}`);
    expect(await inPod("host3", `cat ${file}; echo and on host3 >>${file}`)).toBe("written on host2");
    expect(await inPod("host2", `cat ${file}`)).toBe("written on host2\nand on host3");
    expect(await on("host1", `cat ${mounted}/from-a-pod && rm ${mounted}/from-a-pod`)).toContain(
      "and on host3",
    );
  });

  it("has nothing left to do", async () => {
    const again = await pulumi("up", "--stack", "dev", "--yes", "--expect-no-changes");
    expect(again.code, again.stdout + again.stderr).toBe(0);
  });

  it("gives a kubeconfig, and shows no key of it", async () => {
    const shown = await pulumi("stack", "output", "--stack", "dev", "--json");
    expect(JSON.parse(shown.stdout)).toMatchObject({
      kubernetesKubeconfig: "[secret]",
      kubernetesEndpoint: "https://10.77.0.11:6443",
      kubernetesNodes: nodes,
    });
  });

  it("is again what a snapshot has, with its nodes and pods", async () => {
    const tool = (...args: string[]) => command("kubernetes", args);
    await kubectl("create configmap kept --from-literal=a=b");
    await on("host1", "systemctl start farmstack-etcd-snapshot");
    const listed = await tool("snapshots", "--json");
    const { snapshots } = JSON.parse(listed.stdout) as SnapshotList;
    await kubectl("delete configmap kept");
    await kubectl("create configmap later --from-literal=a=b");

    const { code, stdout, stderr } = await tool("restore", snapshots[0]?.name ?? "", "--yes", "--json");
    expect(code, stdout + stderr).toBe(0);
    const { kept, bumped } = JSON.parse(stdout) as RestoreResult;
    expect(bumped).toBe(true);
    expect(await on("host1", `ls ${kept.host1}/member`)).toContain("wal");
    expect(await kubectl("get configmaps -o name")).toContain("configmap/kept");
    expect(await kubectl("get configmaps -o name")).not.toContain("configmap/later");
    await kubectl("wait --for=condition=Ready node --all --timeout=120s");
    // What watches the cluster has noticed: a new pod gets its network, and its name.
    await kubectl("delete pod client-host2 --wait");
    await kubectl("apply -f -", pods);
    await kubectl("wait --for=condition=Ready pod --selector app=client --timeout=300s");
    await waitFor(async () => nodes.includes(await fetched("host1", "http://client/name")), 60);
    await kubectl("delete configmap kept");
    await on("host1", `rm -rf ${kept.host1}`);
  });

  it("reports a drained node", async () => {
    await kubectl("cordon host3");
    try {
      const { code, stdout } = await lab("status");
      expect([code, stdout]).toEqual([1, expect.stringContaining("host3 ready, drained")]);
    } finally {
      await kubectl("uncordon host3");
    }
  });

  it("reports that CoreDNS is gone", async () => {
    await kubectl("--namespace kube-system scale deployment/coredns --replicas 0");
    try {
      await waitFor(async () => (await lab("status")).stdout.includes("CoreDNS: 0 of 0 pods"), 60);
    } finally {
      await kubectl("--namespace kube-system scale deployment/coredns --replicas 2");
      await kubectl("--namespace kube-system rollout status deployment/coredns --timeout 120s");
    }
  });
});
