import { beforeAll, describe, expect, it } from "vitest";
import { allDeclared, find, noteOptions, startMocks } from "../mocks";
import { dependencies } from "./declared";

const kinds = {
  account: "kubernetes:core/v1:ServiceAccount",
  deployment: "kubernetes:apps/v1:Deployment",
  api: "kubernetes:apiregistration.k8s.io/v1:APIService",
  role: "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
};

describe("KubernetesMetrics", () => {
  beforeAll(async () => {
    await startMocks();
    const { Provider } = await import("@pulumi/kubernetes/provider");
    const { KubernetesMetrics } = await import("../../../components/kubernetes-metrics");
    const opts = { provider: new Provider("cluster", { kubeconfig: "k" }), transformations: [noteOptions] };
    const images = { mirror: "m:5000", overrides: { metricsServer: "lab/metrics-server:v1" } };
    new KubernetesMetrics("m", { images }, opts);
    new KubernetesMetrics("lax", { images, kubeletInsecureTls: true }, opts);
    await allDeclared();
  });

  const pod = async (name: string) =>
    (await find(kinds.deployment, `${name}-deployment`)).inputs.spec.template.spec;

  it("declares everything by the provider that it got", async () => {
    const objects = (await allDeclared()).filter(({ type }) => /^kubernetes:.*\//.test(type));
    expect(objects).toHaveLength(16);
    for (const { name, provider } of objects) expect(provider, name).toContain("::cluster::");
  });

  it("checks the kubelets' certificates, unless it is told not to", async () => {
    expect((await pod("m")).containers[0].args).not.toContain("--kubelet-insecure-tls");
    expect((await pod("lax")).containers[0].args).toContain("--kubelet-insecure-tls");
  });

  it("is a restricted pod with a token, from the mirror", async () => {
    expect(await pod("m")).toMatchObject({
      automountServiceAccountToken: true,
      serviceAccountName: "metrics-server",
      securityContext: { runAsNonRoot: true, runAsUser: 65534 },
      containers: [
        {
          image: "m:5000/lab/metrics-server:v1",
          securityContext: { readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
        },
      ],
    });
    expect((await find(kinds.account, "m-account")).inputs.automountServiceAccountToken).toBe(false);
  });

  it("may read, and nothing else", async () => {
    const { rules } = (await find(kinds.role, "m-role")).inputs as { rules: { verbs: string[] }[] };
    expect(new Set(rules.flatMap(({ verbs }) => verbs))).toEqual(new Set(["get", "list", "watch"]));
  });

  it("has its rights before it starts, and its API when it serves", async () => {
    const { opts } = await find(kinds.deployment, "m-deployment");
    expect((await dependencies(opts.dependsOn)).sort()).toEqual([
      "m-delegator-binding",
      "m-reader-binding",
      "m-role-binding",
    ]);
    const api = await find(kinds.api, "m-api");
    expect(await dependencies(api.opts.dependsOn)).toEqual(["m-deployment"]);
    expect(api.inputs.spec.service).toEqual({ name: "metrics-server", namespace: "kube-system" });
  });
});
