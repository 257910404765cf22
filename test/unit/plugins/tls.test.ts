import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { tlsPlugin } from "../../../lab/plugins/tls";
import { type Properties, type ResourceType } from "../../../lab/plugins/resource-type";
import { context } from "./context";

const typeOf = (name: string): ResourceType =>
  tlsPlugin.types[`tls:index/${name[0]!.toLowerCase()}${name.slice(1)}:${name}`]!;
const make = (name: string, inputs: Properties) => typeOf(name).create(inputs, context());
const curve = { algorithm: "ECDSA", ecdsaCurve: "P256" };
const day = 24;

const authority = async () => {
  const { outputs: key } = await make("PrivateKey", curve);
  const { outputs } = await make("SelfSignedCert", {
    privateKeyPem: key.privateKeyPem,
    subject: { commonName: "logging", organization: "farmstack" },
    isCaCertificate: true,
    allowedUses: ["cert_signing", "crl_signing"],
    validityPeriodHours: 365 * day,
  });
  return { key, outputs };
};

describe("the stand-in for tls", () => {
  let ca: Awaited<ReturnType<typeof authority>>;
  beforeAll(async () => (ca = await authority()));
  afterEach(() => vi.useRealTimers());

  const signed = async (changes: Properties = {}) => {
    const { outputs: key } = await make("PrivateKey", curve);
    const { outputs: request } = await make("CertRequest", {
      privateKeyPem: key.privateKeyPem,
      subject: { commonName: "host1" },
      dnsNames: ["host1", "localhost"],
      ipAddresses: ["192.0.2.11", "2001:db8::1"],
    });
    const inputs = {
      certRequestPem: request.certRequestPem,
      caCertPem: ca.outputs.certPem,
      caPrivateKeyPem: ca.key.privateKeyPemPkcs8, // either form will do
      allowedUses: ["digital_signature", "server_auth", "client_auth"],
      validityPeriodHours: 30 * day,
      earlyRenewalHours: 10 * day,
      ...changes,
    };
    return { key, inputs, ...(await make("LocallySignedCert", inputs)) };
  };

  it("makes a key in both forms, with the public one", async () => {
    const { id, outputs } = await make("PrivateKey", curve);
    expect(id).toMatch(/^[0-9a-f]{40}$/);
    expect(outputs.privateKeyPem).toMatch(/^-----BEGIN EC PRIVATE KEY-----\n/);
    expect(outputs.privateKeyPemPkcs8).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(outputs.publicKeyPem).toMatch(/^-----BEGIN PUBLIC KEY-----\n[^]*\n$/);
  });

  it("makes RSA keys in their traditional form, and certificates of them", async () => {
    const { outputs: key } = await make("PrivateKey", { algorithm: "RSA", rsaBits: 4096 });
    expect(key.privateKeyPem).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/); // PKCS#1, as Harbor reads it
    expect(key.rsaBits).toBe(4096);
    const { outputs } = await make("SelfSignedCert", {
      privateKeyPem: key.privateKeyPem,
      subject: { commonName: "token" },
      allowedUses: ["digital_signature"],
      validityPeriodHours: 365 * day,
    });
    const certificate = new X509Certificate(outputs.certPem);
    expect(outputs.keyAlgorithm).toBe("RSA");
    expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(4096);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(typeOf("PrivateKey").check?.({ algorithm: "RSA", rsaBits: 1024 })).toHaveLength(1);
  });

  it("signs what a request asks for: the names, for the key, by the authority", async () => {
    const { key, id, outputs } = await signed();
    const certificate = new X509Certificate(outputs.certPem);
    const anchor = new X509Certificate(ca.outputs.certPem);
    expect(certificate.subject).toBe("CN=host1");
    expect(certificate.checkIP("192.0.2.11")).toBe("192.0.2.11");
    expect(certificate.checkIP("2001:db8::1")).toBeDefined();
    expect(certificate.checkHost("localhost")).toBe("localhost");
    expect(certificate.checkHost("host2")).toBeUndefined();
    expect(certificate.ca).toBe(false);
    expect(anchor.ca).toBe(true);
    expect(certificate.checkIssued(anchor)).toBe(true);
    expect(certificate.verify(anchor.publicKey)).toBe(true);
    expect(certificate.publicKey.export({ type: "spki", format: "pem" })).toBe(key.publicKeyPem);
    expect(BigInt(id)).toBe(BigInt(`0x${certificate.serialNumber}`));
    expect(new Date(certificate.validTo).toISOString()).toBe(outputs.validityEndTime.replace("Z", ".000Z"));
    expect(outputs).toMatchObject({
      readyForRenewal: false,
      isCaCertificate: false,
      caKeyAlgorithm: "ECDSA",
    });
  });

  it("says in the certificate what it may be used for", async () => {
    const text = (pem: string) =>
      execFileSync("openssl", ["x509", "-noout", "-text"], { input: pem, encoding: "utf8" });
    const { outputs } = await signed();
    expect(text(outputs.certPem)).toMatch(/X509v3 Key Usage: critical\n\s+Digital Signature\n/);
    expect(text(outputs.certPem)).toContain("TLS Web Server Authentication, TLS Web Client Authentication");
    expect(text(outputs.certPem)).toContain("X509v3 Authority Key Identifier");
    expect(text(ca.outputs.certPem)).toMatch(/Certificate Sign, CRL Sign/);
    expect(text(ca.outputs.certPem)).toMatch(/X509v3 Basic Constraints: critical\n\s+CA:TRUE/);
  });

  it("replaces for everything but the time of renewal", async () => {
    for (const name of ["PrivateKey", "CertRequest"])
      expect(new Set(Object.values(typeOf(name).inputs))).toEqual(new Set(["replace"]));
    const { inputs, outputs } = await signed();
    const changes = (news: Properties) =>
      typeOf("LocallySignedCert").compare!({ inputs, state: outputs }, { ...inputs, ...news }, context())
        .differences;
    expect(changes({})).toEqual([]);
    expect(changes({ earlyRenewalHours: 5 })).toMatchObject([{ change: "update" }]);
    expect(changes({ validityPeriodHours: 5 })).toMatchObject([{ change: "replace" }]);
    expect(
      await typeOf("LocallySignedCert").update!("1", outputs, { ...inputs, earlyRenewalHours: 5 }, context()),
    ).toMatchObject({ earlyRenewalHours: 5, certPem: outputs.certPem });
  });

  it("plans a new certificate from the early renewal on, and a refresh says so", async () => {
    const { inputs, outputs } = await signed();
    const type = typeOf("LocallySignedCert");
    const plan = () => type.compare!({ inputs, state: outputs }, inputs, context()).differences;
    vi.useFakeTimers({ now: Date.now() + 19 * day * 3_600_000, toFake: ["Date"] });
    expect(plan()).toEqual([]);
    vi.setSystemTime(Date.now() + 2 * day * 3_600_000);
    expect(plan()).toEqual([{ property: "readyForRenewal", kind: "update", change: "replace" }]);
    const found = await type.read!("1", outputs, context(), inputs);
    expect(found).toMatchObject({ inputs, outputs: { readyForRenewal: true } });
  });

  it.each([
    ["PrivateKey", { algorithm: "ED25519" }, ["algorithm"]],
    ["CertRequest", { subject: { locality: "here" } }, ["subject.locality"]],
    ["SelfSignedCert", { isCaCertificate: true, allowedUses: [] }, ["subject"]],
    ["LocallySignedCert", { allowedUses: ["code_signing"] }, ["allowedUses"]],
  ])("refuses by name what the stack does not use: %s %j", (name, inputs, properties) => {
    expect(typeOf(name).check!(inputs).map(({ property }) => property)).toEqual(properties);
  });

  it("never repeats a key in a message", async () => {
    await expect(make("CertRequest", { privateKeyPem: "s3cret" })).rejects.toThrow(
      "is no PEM that can be read",
    );
    const other = await make("PrivateKey", curve);
    await expect(signed({ caPrivateKeyPem: other.outputs.privateKeyPem })).rejects.toThrow(
      "caPrivateKeyPem is not the key of caCertPem",
    );
  });
});
