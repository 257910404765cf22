import { beforeAll, describe, expect, it } from "vitest";
import { allDeclared, find, noteOptions, startMocks } from "../mocks";
import { dependencies } from "./declared";

const release = "kubernetes:helm.sh/v3:Release";

describe("Linkerd", () => {
  beforeAll(async () => {
    await startMocks();
    const { Linkerd } = await import("../../../components/linkerd");
    new Linkerd("mesh", { version: "2025.10.3" }, { transformations: [noteOptions] });
    new Linkerd("sturdy", {
      version: "2025.10.3",
      repository: "https://charts.example",
      highlyAvailable: true,
    });
    await allDeclared();
  });

  const inputs = async (name: string) => (await find(release, name)).inputs;

  it("has an issuer that its anchor signs, and that is made anew before it ends", async () => {
    const curve = { algorithm: "ECDSA", ecdsaCurve: "P256" };
    for (const key of ["mesh-anchor-key", "mesh-issuer-key"])
      expect((await find("tls:index/privateKey:PrivateKey", key)).inputs).toEqual(curve);
    const issuer = (await find("tls:index/locallySignedCert:LocallySignedCert", "mesh-issuer")).inputs;
    expect(issuer).toMatchObject({
      caCertPem: "certificate of mesh-anchor",
      certRequestPem: "request of mesh-issuer-request",
      isCaCertificate: true,
    });
    expect(issuer.earlyRenewalHours).toBeLessThan(issuer.validityPeriodHours);
    const { opts } = await find("tls:index/selfSignedCert:SelfSignedCert", "mesh-anchor");
    expect(opts.protect).toBe(true);
  });

  it("installs the charts of one version, the control plane last", async () => {
    for (const chart of ["linkerd-crds", "linkerd2-cni", "linkerd-control-plane"])
      expect(await inputs(`mesh-${chart}`)).toMatchObject({
        chart,
        version: "2025.10.3",
        namespace: chart === "linkerd2-cni" ? "linkerd-cni" : "linkerd",
        repositoryOpts: { repo: "https://helm.linkerd.io/edge" },
      });
    const { opts } = await find(release, "mesh-linkerd-control-plane");
    expect(await dependencies(opts.dependsOn)).toEqual(["mesh-linkerd-crds", "mesh-linkerd2-cni"]);
  });

  it("gives the control plane its identity, with the key as a secret", async () => {
    const { inputs: control, secrets } = await find(release, "mesh-linkerd-control-plane");
    expect(control.values).toEqual({
      cniEnabled: true,
      identityTrustAnchorsPEM: "certificate of mesh-anchor",
      identity: {
        issuer: { tls: { crtPEM: "certificate of mesh-issuer", keyPEM: "key of mesh-issuer-key" } },
      },
    });
    expect(secrets.some((path) => "values.identity.issuer.tls.keyPEM".startsWith(path))).toBe(true);
  });

  it("admits what the nodes' plugin needs in its own namespace alone", async () => {
    const security = async (name: string) =>
      (await find("kubernetes:core/v1:Namespace", name)).inputs.metadata.labels[
        "pod-security.kubernetes.io/enforce"
      ];
    expect(await security("mesh-linkerd")).toBe("restricted");
    expect(await security("mesh-linkerd-cni")).toBe("privileged");
  });

  it("is there three times where that is asked for", async () => {
    expect(await inputs("sturdy-linkerd-control-plane")).toMatchObject({
      repositoryOpts: { repo: "https://charts.example" },
      values: { controllerReplicas: 3, webhookFailurePolicy: "Fail" },
    });
  });
});
