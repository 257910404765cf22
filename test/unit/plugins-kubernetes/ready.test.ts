import { expect, test } from "vitest";
import { type Cluster, type KubernetesObject } from "../../../lab/plugins/kubernetes/cluster";
import { leftovers } from "../../../lab/plugins/kubernetes/ready/deletion";
import { readinessOf } from "../../../lab/plugins/kubernetes/ready/index";
import { podTrouble, selectorText } from "../../../lab/plugins/kubernetes/ready/pods";

/** What a kind's check says about an object, with these others in the cluster. */
function check(kind: string, object: KubernetesObject, others: KubernetesObject[] = [], age = 0) {
  const [, apiVersion = "", name = ""] = /^(.*)\/(.*)$/.exec(kind) ?? [];
  const cluster = {
    list: async ({ kind: wanted }: { kind: string }) => others.filter((one) => one.kind === wanted),
    get: async ({ name: wanted }: { name: string }) => others.find((one) => one.metadata.name === wanted),
  } as unknown as Cluster;
  const ref = { apiVersion, kind: name, namespace: "web", name: "one" };
  return readinessOf(ref).check({ metadata: { generation: 2 }, ...object }, { cluster, ref, age });
}

const selector = { matchLabels: { app: "a" } };
const seen = { observedGeneration: 2 };
const ready = { conditions: [{ type: "Ready", status: "True" }] };

test("a ConfigMap is ready at once", async () => {
  expect(await check("v1/ConfigMap", {})).toBe("ready");
});

test.each<[what: string, status: KubernetesObject, expected: unknown]>([
  [
    "not seen",
    { observedGeneration: 1, updatedReplicas: 2, replicas: 2, availableReplicas: 2 },
    { missing: ["its controller has not seen it yet"] },
  ],
  [
    "old pods still there",
    { ...seen, updatedReplicas: 2, replicas: 3, availableReplicas: 3 },
    expect.anything(),
  ],
  [
    "not available",
    { ...seen, updatedReplicas: 2, replicas: 2, availableReplicas: 1 },
    { missing: ["1 of 2 replicas available, 2 of the present template"] },
  ],
  ["done", { ...seen, updatedReplicas: 2, replicas: 2, availableReplicas: 2 }, "ready"],
])("Deployment: %s", async (_, status, expected) => {
  expect(await check("apps/v1/Deployment", { spec: { replicas: 2, selector }, status })).toEqual(expected);
});

test("StatefulSet: replicas and revision; partition and OnDelete", async () => {
  const set = (status: object, spec: object = {}) =>
    check("apps/v1/StatefulSet", {
      spec: { replicas: 2, selector, ...spec },
      status: { ...seen, ...status },
    });
  const mixed = { readyReplicas: 2, updatedReplicas: 1, currentRevision: "a", updateRevision: "b" };
  expect(await set({ ...mixed, currentRevision: "b" })).toBe("ready");
  expect(await set(mixed)).toEqual({ missing: ["2 of 2 replicas ready, 1 of the present template"] });
  expect(await set(mixed, { updateStrategy: { rollingUpdate: { partition: 1 } } })).toBe("ready");
  expect(await set(mixed, { updateStrategy: { type: "OnDelete" } })).toBe("ready");
});

test("DaemonSet: available and of the present template everywhere", async () => {
  const set = (numberAvailable: number, updatedNumberScheduled: number) =>
    check("apps/v1/DaemonSet", {
      spec: { selector },
      status: { ...seen, desiredNumberScheduled: 3, numberAvailable, updatedNumberScheduled },
    });
  expect(await set(3, 3)).toBe("ready");
  expect(await set(3, 2)).toEqual({ missing: ["3 of 3 pods available, 2 of the present template"] });
  expect(await set(2, 3)).toEqual({ missing: ["2 of 3 pods available, 3 of the present template"] });
});

test("Job: done, failed, suspended, at work", async () => {
  const job = (status: object, spec: object = {}) =>
    check("batch/v1/Job", { spec: { selector, ...spec }, status });
  expect(await job({ conditions: [{ type: "Complete", status: "True" }] })).toBe("ready");
  expect(await job({}, { suspend: true })).toBe("ready");
  expect(await job({ succeeded: 1, failed: 2 }, { completions: 3 })).toEqual({
    missing: ["1 of 3 pods done, 2 failed"],
  });
  const failed = { type: "Failed", status: "True", reason: "BackoffLimitExceeded", message: "too often" };
  expect(await job({ conditions: [failed] })).toEqual({
    missing: ["BackoffLimitExceeded: too often"],
    failed: true,
  });
});

test("Service: its pods are ready; none is all right after a while; a load balancer has its address", async () => {
  const service = (spec: object, endpoints: object[] = [], age = 0, status = {}) =>
    check("v1/Service", { spec, status }, [{ kind: "EndpointSlice", endpoints }], age);
  const selects = { selector: { app: "a" } };
  expect(await service({})).toBe("ready");
  expect(await service({ ...selects, clusterIP: "None" })).toBe("ready");
  expect(await service({ ...selects, type: "ExternalName" })).toBe("ready");
  expect(await service(selects, [{ conditions: { ready: true } }])).toBe("ready");
  expect(
    await service(selects, [{ conditions: { ready: false }, targetRef: { name: "p" } }], 60_000),
  ).toEqual({
    missing: ["pod p is not ready"],
  });
  expect(await service(selects)).toMatchObject({ missing: [expect.stringContaining("leads to no pod")] });
  expect(await service(selects, [], 11_000)).toBe("ready");
  expect(await service({ type: "LoadBalancer" }, [], 60_000)).toMatchObject({
    missing: [expect.stringContaining("no address")],
  });
  const ingress = [{ ip: "10.0.0.1" }];
  expect(await service({ type: "LoadBalancer" }, [], 0, { loadBalancer: { ingress } })).toBe("ready");
});

test("PersistentVolumeClaim: bound, unless its class waits for the first pod", async () => {
  const claim = (phase: string, volumeBindingMode: string) =>
    check("v1/PersistentVolumeClaim", { spec: { storageClassName: "disks" }, status: { phase } }, [
      { kind: "StorageClass", metadata: { name: "disks" }, volumeBindingMode },
    ]);
  expect(await claim("Bound", "Immediate")).toBe("ready");
  expect(await claim("Pending", "WaitForFirstConsumer")).toBe("ready");
  expect(await claim("Pending", "Immediate")).toEqual({
    missing: ['no volume of class "disks" with its size is bound to it'],
  });
});

test("a definition is established; a token is in its secret", async () => {
  const definition = "apiextensions.k8s.io/v1/CustomResourceDefinition";
  expect(await check(definition, { status: { conditions: [{ type: "Established", status: "True" }] } })).toBe(
    "ready",
  );
  expect(await check(definition, {})).toMatchObject({ missing: [expect.any(String)] });
  const type = "kubernetes.io/service-account-token";
  expect(await check("v1/Secret", { type })).toMatchObject({ missing: [expect.any(String)] });
  expect(await check("v1/Secret", { type, data: { token: "x" } })).toBe("ready");
});

test("pods in trouble say why: their own status, else their last warning", async () => {
  const pod = (name: string, status: object) => ({
    kind: "Pod",
    metadata: { name, namespace: "web" },
    status,
  });
  const event = (reason: string, lastTimestamp: string) => ({
    kind: "Event",
    reason,
    message: "m",
    lastTimestamp,
  });
  const status = { ...seen, updatedReplicas: 1 };
  const found = await check("apps/v1/Deployment", { spec: { replicas: 1, selector }, status }, [
    pod("well", ready),
    pod("lost", { conditions: [{ type: "PodScheduled", status: "False", message: "0/3 nodes fit" }] }),
    pod("quiet", {}),
    event("Unhealthy", "2026-01-02T00:00:00Z"),
    event("FailedMount", "2026-01-01T00:00:00Z"),
  ]);
  expect(found).toEqual({
    missing: [
      "0 of 1 replicas available, 1 of the present template",
      "pod lost: is on no node: 0/3 nodes fit",
      "pod quiet: Unhealthy: m",
    ],
  });
});

test("containers in trouble: what they wait for, how they ended, and their last words", () => {
  const container = (state: object, lastState = {}, restartCount = 0) =>
    podTrouble({ status: { containerStatuses: [{ name: "c", state, lastState, restartCount }] } });
  expect(container({ waiting: { reason: "ContainerCreating" } })).toEqual([]);
  expect(container({ running: {} })).toEqual([]);
  expect(container({ waiting: { reason: "ErrImagePull", message: "not found" } })).toEqual([
    "container c: ErrImagePull: not found",
  ]);
  const terminated = { exitCode: 3, reason: "Error", message: "no database\n" };
  expect(
    container({ waiting: { reason: "CrashLoopBackOff", message: "back-off" } }, { terminated }, 4),
  ).toEqual(["container c: CrashLoopBackOff: ended with 3: no database (4 restarts)"]);
  expect(container({ terminated: { exitCode: 137, reason: "OOMKilled" } })).toEqual([
    "container c: ended with 137 (OOMKilled)",
  ]);
  expect(container({ terminated: { exitCode: 0, reason: "Completed" } })).toEqual([]);
});

test("selectors as texts", () => {
  const matchExpressions = [
    { key: "a", operator: "In", values: ["x", "y"] },
    { key: "b", operator: "NotIn", values: ["z"] },
    { key: "c", operator: "Exists" },
    { key: "d", operator: "DoesNotExist" },
  ];
  expect(selectorText({ matchLabels: { e: "f" }, matchExpressions })).toBe("e=f,a in (x,y),b notin (z),c,!d");
  expect(selectorText(undefined)).toBe("");
});

test("what holds a deletion back", () => {
  const remaining = {
    type: "NamespaceContentRemaining",
    status: "True",
    message: "pods. has 1 resource instances",
  };
  const namespace = {
    metadata: { deletionTimestamp: "now" },
    spec: { finalizers: ["kubernetes"] },
    status: { conditions: [remaining] },
  };
  expect(leftovers(namespace)).toBe(": finalizers kubernetes; pods. has 1 resource instances");
  expect(leftovers({ metadata: {} })).toBe("");
});
