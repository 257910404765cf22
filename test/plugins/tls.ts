import { expect } from "vitest";
import { type Case, type Failing } from "./case";
import { type Declared } from "./declared";

const pem = (label: string) =>
  expect.stringMatching(new RegExp(`^-----BEGIN ${label}-----\n[^]+\n-----END ${label}-----\n$`));
const curve = { algorithm: "ECDSA", ecdsaCurve: "P256" };
const usages = ["digital_signature", "server_auth", "client_auth"];

/** What the cases stand on. */
export const tlsBase: Declared[] = [
  { class: "tls.PrivateKey", name: "authority-key", props: curve },
  {
    class: "tls.SelfSignedCert",
    name: "authority",
    props: {
      privateKeyPem: { $of: "authority-key.privateKeyPem" },
      subject: { commonName: "contract" },
      isCaCertificate: true,
      allowedUses: ["cert_signing", "crl_signing"],
      validityPeriodHours: 24,
    },
  },
  {
    class: "tls.CertRequest",
    name: "request",
    props: {
      privateKeyPem: { $of: "authority-key.privateKeyPem" },
      subject: { commonName: "host1" },
      dnsNames: ["host1"],
      ipAddresses: ["192.0.2.11"],
    },
  },
];

const signed = {
  certRequestPem: { $of: "request.certRequestPem" },
  caCertPem: { $of: "authority.certPem" },
  caPrivateKeyPem: { $of: "authority-key.privateKeyPem" },
  allowedUses: usages,
  validityPeriodHours: 24,
};

export const tlsCases: Case[] = [
  {
    shows: "PrivateKey: stays, and is a secret in each of its forms",
    class: "tls.PrivateKey",
    name: "private-key",
    props: curve,
    plan: "same",
    made: {
      outputs: {
        privateKeyPem: pem("EC PRIVATE KEY"),
        privateKeyPemPkcs8: pem("PRIVATE KEY"),
        publicKeyPem: pem("PUBLIC KEY"),
      },
      secret: ["privateKeyPem", "privateKeyPemPkcs8"],
    },
  },
  {
    shows: "CertRequest: another name makes another",
    class: "tls.CertRequest",
    name: "cert-request",
    props: { privateKeyPem: { $of: "authority-key.privateKeyPem" }, dnsNames: ["host1"] },
    changed: { dnsNames: ["host1", "host2"] },
    plan: "replace",
    made: { outputs: { certRequestPem: pem("CERTIFICATE REQUEST") }, secret: ["privateKeyPem"] },
  },
  {
    shows: "SelfSignedCert: another subject makes another",
    class: "tls.SelfSignedCert",
    name: "self-signed",
    props: {
      privateKeyPem: { $of: "authority-key.privateKeyPem" },
      subject: { commonName: "one" },
      allowedUses: usages,
      validityPeriodHours: 24,
    },
    changed: { subject: { commonName: "two" } },
    plan: "replace",
    made: { outputs: { certPem: pem("CERTIFICATE"), readyForRenewal: false }, secret: ["privateKeyPem"] },
  },
  {
    shows: "LocallySignedCert: another time of its renewal changes it in place",
    class: "tls.LocallySignedCert",
    name: "signed",
    props: { ...signed, earlyRenewalHours: 1 },
    changed: { earlyRenewalHours: 2 },
    plan: "update",
    made: { outputs: { certPem: pem("CERTIFICATE") }, secret: ["caPrivateKeyPem"] },
    changedLook: { outputs: { earlyRenewalHours: 2, certPem: pem("CERTIFICATE") } },
  },
  {
    shows: "LocallySignedCert: another time of its end makes another",
    class: "tls.LocallySignedCert",
    name: "longer",
    props: signed,
    changed: { validityPeriodHours: 48 },
    plan: "replace",
  },
];

export const tlsFailing: Failing[] = [
  {
    shows: "SelfSignedCert: a use that there is not",
    class: "tls.SelfSignedCert",
    name: "useless",
    props: { privateKeyPem: "none", allowedUses: ["baking"], validityPeriodHours: 1 },
    fails: /baking|allowed_?uses/i,
    refused: true,
  },
];
