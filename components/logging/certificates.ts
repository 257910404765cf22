import { isIP } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

/** A certificate and its key, PEM. */
export interface KeyPair {
  certificate: pulumi.Output<string>;
  /** PKCS#8, which all that is here reads. A secret. */
  key: pulumi.Output<string>;
}

const hoursOfDay = 24;
const curve = { algorithm: "ECDSA", ecdsaCurve: "P256" };

/** An authority of the node's own, and what it signs. */
export class Authority {
  /** Its certificate, PEM: who has it trusts the node. */
  public readonly certificate: pulumi.Output<string>;
  private readonly key: tls.PrivateKey;

  /** For ten years. With `protect` it can't be deleted: shippers trust it and nothing else. */
  constructor(
    private readonly name: string,
    private readonly parent: pulumi.Resource,
    protect: boolean,
  ) {
    const opts = { parent, protect };
    this.key = new tls.PrivateKey(`${name}-ca-key`, curve, opts);
    this.certificate = new tls.SelfSignedCert(
      `${name}-ca`,
      {
        privateKeyPem: this.key.privateKeyPem,
        subject: { commonName: name, organization: "farmstack" },
        isCaCertificate: true,
        allowedUses: ["cert_signing", "crl_signing"],
        validityPeriodHours: 3650 * hoursOfDay,
      },
      opts,
    ).certPem;
  }

  /**
   * A certificate for two years, for names and addresses. An `up` in its last 60 days makes it anew.
   */
  public sign(what: string, hosts: string[]): KeyPair {
    const { name, parent } = this;
    const key = new tls.PrivateKey(`${name}-${what}-key`, curve, { parent });
    const all = [...new Set(hosts)];
    const request = new tls.CertRequest(
      `${name}-${what}-request`,
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName: what },
        dnsNames: all.filter((host) => isIP(host) === 0),
        ipAddresses: all.filter((host) => isIP(host) !== 0),
      },
      { parent },
    );
    const { certPem } = new tls.LocallySignedCert(
      `${name}-${what}-certificate`,
      {
        certRequestPem: request.certRequestPem,
        caCertPem: this.certificate,
        caPrivateKeyPem: this.key.privateKeyPem,
        // Elasticsearch's nodes are each other's clients as well.
        allowedUses: ["digital_signature", "key_agreement", "server_auth", "client_auth"],
        validityPeriodHours: 730 * hoursOfDay,
        earlyRenewalHours: 60 * hoursOfDay,
      },
      { parent },
    );
    return { certificate: certPem, key: pulumi.secret(key.privateKeyPemPkcs8) };
  }
}
