import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

/** What Linkerd's identity is made of, as PEM. */
export interface Certificates {
  anchor: pulumi.Output<string>;
  issuer: pulumi.Output<string>;
  /** A secret. */
  issuerKey: pulumi.Output<string>;
}

const day = 24;
const usages = ["cert_signing", "crl_signing"];
const curve = { algorithm: "ECDSA", ecdsaCurve: "P256" }; // Linkerd takes no other

/**
 * The trust anchor, for ten years, and the issuer, for one, that signs the proxies' certificates. An `up` in the last
 * 60 days of the issuer makes it anew, which is taken without a restart; the anchor can't be changed in one step.
 * https://linkerd.io/2-edge/tasks/generate-certificates/
 */
export function createCertificates(name: string, parent: pulumi.Resource): Certificates {
  const child = { parent };
  const protect = { parent, protect: true };
  const anchorKey = new tls.PrivateKey(`${name}-anchor-key`, curve, protect);
  const anchor = new tls.SelfSignedCert(
    `${name}-anchor`,
    {
      privateKeyPem: anchorKey.privateKeyPem,
      subject: { commonName: "root.linkerd.cluster.local" },
      isCaCertificate: true,
      setSubjectKeyId: true,
      allowedUses: usages,
      validityPeriodHours: 3650 * day,
    },
    protect,
  );
  const issuerKey = new tls.PrivateKey(`${name}-issuer-key`, curve, child);
  const request = new tls.CertRequest(
    `${name}-issuer-request`,
    {
      privateKeyPem: issuerKey.privateKeyPem,
      subject: { commonName: "identity.linkerd.cluster.local" },
    },
    child,
  );
  const issuer = new tls.LocallySignedCert(
    `${name}-issuer`,
    {
      certRequestPem: request.certRequestPem,
      caCertPem: anchor.certPem,
      caPrivateKeyPem: anchorKey.privateKeyPem,
      isCaCertificate: true,
      setSubjectKeyId: true,
      allowedUses: usages,
      validityPeriodHours: 365 * day,
      earlyRenewalHours: 60 * day,
    },
    child,
  );
  return {
    anchor: anchor.certPem,
    issuer: issuer.certPem,
    issuerKey: pulumi.secret(issuerKey.privateKeyPem),
  };
}
