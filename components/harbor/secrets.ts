import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";

/** What is generated for Harbor. All of it is secret. */
export interface Secrets {
  /** Passwords of the user `admin`, by their generation; the last one is in use. */
  admins: pulumi.Output<string>[];
  /** Encrypts in the database what Harbor knows of other registries: 16 characters, never another. */
  secretKey: pulumi.Output<string>;
  /** Signs the tokens that clients get. PKCS#1 PEM. */
  tokenKey: pulumi.Output<string>;
  /** Certificate of that key. */
  tokenCertificate: pulumi.Output<string>;
  database: pulumi.Output<string>;
  core: pulumi.Output<string>;
  jobservice: pulumi.Output<string>;
  registryPassword: pulumi.Output<string>;
  /** bcrypt hash of it, made once: each has another salt, so that a new one at every run would be a change. */
  registryHash: pulumi.Output<string>;
  registryHttp: pulumi.Output<string>;
  csrf: pulumi.Output<string>;
  reload: pulumi.Output<string>;
  scannerRobotPrefix: pulumi.Output<string>;
}

/**
 * Generates what Harbor's parts know each other by. Another rotation is another value of each that can be another; the
 * administrator's passwords stay in the state from the first on, so that one of them fits whatever the database has got to.
 */
export function createSecrets(
  name: string,
  rotation: number,
  parent: pulumi.Resource,
  protect: boolean,
): Secrets {
  const keepers = rotation === 0 ? undefined : { rotation: String(rotation) };
  const letters = { special: false, minLower: 1, minUpper: 1, minNumeric: 1 }; // what Harbor asks of a password
  const password = (what: string, length: number) =>
    new random.RandomPassword(`${name}-${what}`, { ...letters, length, keepers }, { parent });
  const text = (what: string, length: number) => password(what, length).result;
  const generations = Array.from({ length: rotation + 1 }, (_, generation) => generation);
  const registry = password("registry-password", 32);
  const tokenKey = new tls.PrivateKey(
    `${name}-token-key`,
    { algorithm: "RSA", rsaBits: 4096 },
    { parent, protect },
  );
  const tokenCertificate = new tls.SelfSignedCert(
    `${name}-token-certificate`,
    {
      privateKeyPem: tokenKey.privateKeyPem,
      subject: { commonName: `${name}-token` },
      allowedUses: ["digital_signature", "cert_signing"],
      validityPeriodHours: 3650 * 24,
    },
    { parent },
  );
  return {
    admins: generations.map(
      (generation) =>
        new random.RandomPassword(
          `${name}-admin-${generation}`,
          { ...letters, length: 32 },
          { parent, protect },
        ).result,
    ),
    secretKey: new random.RandomPassword(
      `${name}-secret-key`,
      { length: 16, special: false },
      { parent, protect },
    ).result,
    tokenKey: pulumi.secret(tokenKey.privateKeyPem),
    tokenCertificate: tokenCertificate.certPem,
    database: text("database-password", 32),
    core: text("core-secret", 16),
    jobservice: text("jobservice-secret", 16),
    registryPassword: registry.result,
    registryHash: registry.bcryptHash,
    registryHttp: text("registry-http-secret", 32),
    csrf: text("csrf-key", 32),
    reload: text("reload-key", 16),
    scannerRobotPrefix: text("scanner-robot-prefix", 16),
  };
}
