import { Provider } from "@pulumi/kubernetes/provider";
import { beforeAll, describe, expect, it } from "vitest";
import { type PlatformNamespace } from "../../../components/namespace";
import { podSecurityVersion } from "../../../components/namespace/labels";
import { limitRangeSpec, quotaSpec } from "../../../components/namespace/limits";
import { allDeclared, find, noteOptions, startMocks, valueOf } from "../mocks";
import { reaches } from "./network-policy";

const kubernetes = (type: string) => `kubernetes:${type}`;

describe("PlatformNamespace", () => {
  let namespace: PlatformNamespace;
  beforeAll(async () => {
    await startMocks();
    const { PlatformNamespace } = await import("../../../components/namespace");
    const provider = new Provider("cluster", { kubeconfig: "k" });
    namespace = new PlatformNamespace(
      "shop",
      { environment: "TEST", kubernetesVersion: "1.34.1", quota: { pods: 10 } },
      { provider, transformations: [noteOptions] },
    );
    await allDeclared();
  });

  it("enforces, audits and warns of what is not restricted, by the rules of the cluster's version", async () => {
    const { inputs, opts } = await find(kubernetes("core/v1:Namespace"), "shop-namespace");
    expect(inputs.metadata).toEqual({
      name: "shop",
      labels: {
        environment: "TEST",
        ...Object.fromEntries(
          ["enforce", "audit", "warn"].flatMap((mode) => [
            [`pod-security.kubernetes.io/${mode}`, "restricted"],
            [`pod-security.kubernetes.io/${mode}-version`, "v1.34"],
          ]),
        ),
      },
    });
    expect(opts.protect).toBe(true);
  });

  it("has limits, and an account without a token", async () => {
    const { inputs: quota } = await find(kubernetes("core/v1:ResourceQuota"), "shop-quota");
    expect(quota.spec.hard).toMatchObject({ pods: "10", "limits.memory": "16Gi" });
    const { inputs: defaults } = await find(kubernetes("core/v1:LimitRange"), "shop-defaults");
    expect(defaults.metadata.namespace).toBe("shop");
    const { inputs: account } = await find(kubernetes("core/v1:ServiceAccountPatch"), "shop-default-account");
    expect(account).toMatchObject({
      metadata: { name: "default", namespace: "shop" },
      automountServiceAccountToken: false,
    });
  });

  it("puts everything into its own cluster", async () => {
    const own = (await allDeclared()).filter(({ type }) => type.startsWith("kubernetes:"));
    expect(own).toHaveLength(6);
    for (const { provider } of own) expect(provider).toContain("cluster");
  });

  it("gives its name", async () => {
    expect(await valueOf(namespace.namespace)).toBe("shop");
    expect(namespace.environment).toBe("TEST");
  });

  it("lets pods ask the cluster's DNS, and do nothing else", async () => {
    const policies = (await allDeclared())
      .filter(({ type }) => type === kubernetes("networking.k8s.io/v1:NetworkPolicy"))
      .map(({ inputs }) => ({ namespace: inputs.metadata.namespace, spec: inputs.spec }));
    expect(policies).toHaveLength(2);
    const pod = { namespace: "shop", labels: { app: "web" } };
    const dns = { namespace: "kube-system", labels: { "k8s-app": "kube-dns" } };
    expect(reaches(policies, pod, dns, 53, "UDP")).toBe(true);
    expect(reaches(policies, pod, dns, 53)).toBe(true);
    expect(reaches(policies, pod, dns, 9153)).toBe(false);
    expect(reaches(policies, pod, { ...dns, labels: {} }, 53)).toBe(false);
    expect(reaches(policies, pod, { ...dns, namespace: "evil" }, 53)).toBe(false);
    expect(reaches(policies, pod, { ...pod, labels: { app: "other" } }, 80)).toBe(false);
    expect(reaches(policies, { namespace: "default", labels: {} }, pod, 80)).toBe(false);
    expect(reaches(policies, { namespace: "default", labels: {} }, dns, 53)).toBe(true); // of no concern here
  });
});

describe("limits", () => {
  it("are the defaults, or what is given", () => {
    expect(quotaSpec().hard).toEqual({
      pods: "50",
      "requests.cpu": "8",
      "requests.memory": "16Gi",
      "limits.memory": "16Gi",
      "requests.storage": "200Gi",
      persistentvolumeclaims: "20",
    });
    expect(limitRangeSpec({ memoryMiB: 64 }).limits).toEqual([
      { type: "Container", defaultRequest: { cpu: "100m", memory: "64Mi" }, default: { memory: "64Mi" } },
    ]);
  });

  it("are of a version, or of the API server's own", () => {
    expect(podSecurityVersion("1.34.1")).toBe("v1.34");
    expect(podSecurityVersion(undefined)).toBe("latest");
  });
});

describe("a namespace on nodes without a login for the registry", () => {
  it("has it as a Secret, which its pods are pulled with", async () => {
    await startMocks();
    const { PlatformNamespace } = await import("../../../components/namespace");
    const registry = { address: "r:1", login: { username: "robot", password: "s3cret" } };
    const provider = new Provider("other", { kubeconfig: "k" });
    new PlatformNamespace("away", { environment: "TEST", registry }, { provider });
    const { inputs, secrets } = await find(kubernetes("core/v1:Secret"), "away-registry");
    expect(inputs.type).toBe("kubernetes.io/dockerconfigjson");
    expect(JSON.parse(inputs.stringData[".dockerconfigjson"])).toEqual({
      auths: { "r:1": { auth: Buffer.from("robot:s3cret").toString("base64") } },
    });
    expect(secrets).toEqual(["stringData"]);
    const { inputs: account } = await find(kubernetes("core/v1:ServiceAccountPatch"), "away-default-account");
    expect(account.imagePullSecrets).toEqual([{ name: inputs.metadata.name }]);
  });
});
