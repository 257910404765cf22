import { describe, expect, it } from "vitest";
import { formatKubernetes, isWell, readAnswer } from "../../../tools/status/kubernetes";
import { type Applications } from "../../../tools/status/workloads";

const node = (name: string, ready = "True", more = {}) => ({
  kind: "Node",
  metadata: { name },
  spec: more,
  status: { conditions: [{ type: "Ready", status: ready }], nodeInfo: { kubeletVersion: "v1.34.1" } },
});
const dns = (availableReplicas?: number) => ({
  kind: "Deployment",
  metadata: { name: "coredns", namespace: "kube-system" },
  spec: { replicas: 2 },
  status: { availableReplicas },
});
const nothing: Applications = { namespaces: [], databases: [], webApps: [], others: [] };
const answer = (...items: object[]) => asked(nothing, ...items);
const asked = (applications: Applications, ...items: object[]) =>
  readAnswer(JSON.stringify({ items }), ["host1", "host2"], applications, "192.0.2.11");

describe("the status of Kubernetes", () => {
  it("is well when all nodes take pods and names are resolved", () => {
    const status = answer(node("host1"), node("host2"), dns(2));
    expect(isWell(status)).toBe(true);
    expect(formatKubernetes(status)).toEqual([
      "",
      "kubernetes: all nodes are ready",
      "  host1 ready, v1.34.1",
      "  host2 ready, v1.34.1",
      "  CoreDNS: 2 of 2 pods",
    ]);
  });

  it.each([
    [
      "a drained node",
      [node("host1"), node("host2", "True", { unschedulable: true }), dns(2)],
      "host2 ready, drained",
    ],
    ["a node that is not ready", [node("host1"), node("host2", "Unknown"), dns(2)], "host2 not ready"],
    ["a host that is no node", [node("host1"), dns(2)], "host2 not a node"],
    ["CoreDNS without its pods", [node("host1"), node("host2"), dns()], "CoreDNS: 0 of 2 pods"],
    ["no CoreDNS", [node("host1"), node("host2")], "CoreDNS: 0 of 0 pods"],
  ])("says what is missing: %s", (_, items, line) => {
    const status = answer(...items);
    expect(isWell(status)).toBe(false);
    expect(formatKubernetes(status).join("\n")).toContain(line);
  });

  describe("what the stack runs", () => {
    const applications: Applications = {
      namespaces: ["shop"],
      databases: [{ name: "store", namespace: "shop", engine: "ferretdb", members: 1 }],
      webApps: [{ name: "front", namespace: "shop", entry: { nodePort: { port: 30080 } } }],
      others: [],
    };
    const workload = (
      kind: string,
      name: string,
      namespace: string,
      replicas: number,
      available: number,
    ) => ({
      kind,
      metadata: { name, namespace },
      spec: { replicas },
      status: { availableReplicas: available },
    });
    const cluster = [node("host1"), node("host2"), dns(2)];
    const store = workload("StatefulSet", "store", "shop", 1, 1);

    it("is shown with its pods and pages; that of others is not", () => {
      const front = workload("Deployment", "front", "shop", 2, 2);
      const elsewhere = workload("Deployment", "other", "default", 1, 0);
      const status = asked(applications, ...cluster, store, front, elsewhere);
      expect(isWell(status)).toBe(true);
      expect(formatKubernetes(status).slice(-2)).toEqual([
        "  shop/store, FerretDB in the place of MongoDB: 1 of 1 pods",
        "  shop/front: 2 of 2 pods, http://192.0.2.11:30080/",
      ]);
    });

    it.each([
      ["lacks a pod", [workload("Deployment", "front", "shop", 2, 1)], "shop/front: 1 of 2 pods, http://"],
      ["is not there", [], "shop/front: 0 of 1 pods"],
      [
        "is there beside it",
        [workload("Deployment", "front", "shop", 1, 1), workload("StatefulSet", "own", "shop", 1, 0)],
        "shop/own: 0 of 1 pods",
      ],
    ])("is missed when it %s", (_, items, line) => {
      const status = asked(applications, ...cluster, store, ...items);
      expect(isWell(status)).toBe(false);
      expect(formatKubernetes(status).join("\n")).toContain(line);
    });
  });

  it("is nothing for a stack without a cluster", () => {
    expect(formatKubernetes(undefined)).toEqual([]);
  });

  it("says that no API server answers", () => {
    const status = { answers: false, nodes: [], dns: { wanted: 0, available: 0 }, workloads: [] };
    expect([isWell(status), formatKubernetes(status)]).toEqual([
      false,
      ["", "kubernetes: no API server answers"],
    ]);
  });
});

describe("what the platform itself runs", () => {
  const others = [
    { kind: "DaemonSet", namespace: "log-shipper", name: "log-shipper" },
    { kind: "Deployment", namespace: "kube-system", name: "metrics-server" },
  ];
  const cluster = [node("host1"), node("host2"), dns(2)];
  const metrics = {
    kind: "Deployment",
    metadata: { name: "metrics-server", namespace: "kube-system" },
    spec: { replicas: 1 },
    status: { availableReplicas: 1 },
  };
  const shipper = (numberAvailable: number) => ({
    kind: "DaemonSet",
    metadata: { name: "log-shipper", namespace: "log-shipper" },
    spec: {},
    status: { desiredNumberScheduled: 2, numberAvailable },
  });
  const foreign = { ...shipper(0), metadata: { name: "theirs", namespace: "theirs" } };

  it("is counted by nodes where there is one pod on each", () => {
    const status = asked({ ...nothing, others }, ...cluster, metrics, shipper(2), foreign);
    expect(formatKubernetes(status).slice(-2)).toEqual([
      "  log-shipper/log-shipper: 2 of 2 pods",
      "  kube-system/metrics-server: 1 of 1 pods",
    ]);
    expect(isWell(status)).toBe(true);
    expect(isWell(asked({ ...nothing, others }, ...cluster, metrics, shipper(1)))).toBe(false);
  });

  it("is missed when the cluster does not have it", () => {
    const status = asked({ ...nothing, others }, ...cluster, shipper(2));
    expect(formatKubernetes(status)).toContain("  kube-system/metrics-server: 0 of 1 pods");
    expect(isWell(status)).toBe(false);
  });
});
