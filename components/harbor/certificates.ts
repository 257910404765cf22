import { isIP } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

/** A certificate of one's own. */
export interface GivenCertificate {
  /** PEM, with those between it and the root. */
  certificate: pulumi.Input<string>;
  /** PEM. A secret. */
  key: pulumi.Input<string>;
  /** PEM of who signed it, for clients that don't know them. @default none: clients know them */
  ca?: pulumi.Input<string>;
}

/** What the entry shows, as PEM. */
export interface EntryCertificate {
  certificate: pulumi.Output<string>;
  /** A secret. */
  key: pulumi.Output<string>;
  /** What clients have to trust; undefined: they do already. */
  ca: pulumi.Output<string> | undefined;
}

const day = 24;

/**
 * Certificate for a name and addresses, of an authority for this alone, for ten years. An `up` in the last 60 of its
 * 397 days makes the certificate anew; clients trust the authority, so they notice nothing.
 */
export function createCertificate(
  name: string,
  names: string[],
  parent: pulumi.Resource,
  protect: boolean,
): EntryCertificate {
  const curve = { algorithm: "ECDSA", ecdsaCurve: "P256" };
  const authorityKey = new tls.PrivateKey(`${name}-ca-key`, curve, { parent, protect });
  const authority = new tls.SelfSignedCert(
    `${name}-ca`,
    {
      privateKeyPem: authorityKey.privateKeyPem,
      subject: { commonName: `${name} certificate authority` },
      isCaCertificate: true,
      setSubjectKeyId: true,
      allowedUses: ["cert_signing", "crl_signing"],
      validityPeriodHours: 3650 * day,
    },
    { parent, protect },
  );
  const key = new tls.PrivateKey(`${name}-key`, curve, { parent });
  const request = new tls.CertRequest(
    `${name}-request`,
    {
      privateKeyPem: key.privateKeyPem,
      subject: { commonName: names[0] },
      dnsNames: names.filter((one) => !isIP(one)),
      ipAddresses: names.filter((one) => isIP(one)),
    },
    { parent },
  );
  const { certPem } = new tls.LocallySignedCert(
    `${name}-certificate`,
    {
      certRequestPem: request.certRequestPem,
      caCertPem: authority.certPem,
      caPrivateKeyPem: authorityKey.privateKeyPem,
      setSubjectKeyId: true,
      allowedUses: ["digital_signature", "key_encipherment", "server_auth"],
      validityPeriodHours: 397 * day,
      earlyRenewalHours: 60 * day,
    },
    { parent },
  );
  return { certificate: certPem, key: pulumi.secret(key.privateKeyPem), ca: authority.certPem };
}
