import { describe, expect, it } from "vitest";
import { formatKubernetes, isWell, readAnswer } from "../../../lab/kubernetes-status";

const node = (name: string, ready = "True", more = {}) => ({
  kind: "Node",
  metadata: { name },
  spec: more,
  status: { conditions: [{ type: "Ready", status: ready }], nodeInfo: { kubeletVersion: "v1.34.1" } },
});
const dns = (availableReplicas?: number) => ({
  kind: "Deployment",
  metadata: { name: "coredns" },
  spec: { replicas: 2 },
  status: { availableReplicas },
});
const answer = (...items: object[]) => readAnswer(JSON.stringify({ items }), ["host1", "host2"]);

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

  it("is nothing for a stack without a cluster", () => {
    expect(formatKubernetes(undefined)).toEqual([]);
  });

  it("says that no API server answers", () => {
    const status = { answers: false, nodes: [], dns: { wanted: 0, available: 0 } };
    expect([isWell(status), formatKubernetes(status)]).toEqual([
      false,
      ["", "kubernetes: no API server answers"],
    ]);
  });
});
