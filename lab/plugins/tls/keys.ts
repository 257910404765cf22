import { createHash, createPrivateKey, createPublicKey, generateKeyPair, webcrypto } from "node:crypto";
import { promisify } from "node:util";
import { type Fault, type ResourceType } from "../resource-type";

/** The kinds of keys that the stack has: ECDSA of P256, and RSA where a program takes no other. */
const algorithms: Record<string, webcrypto.EcKeyImportParams | webcrypto.RsaHashedImportParams> = {
  ec: { name: "ECDSA", namedCurve: "P-256" },
  rsa: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
};

/** A key pair as certificates need it. */
export interface Keys {
  privateKey: webcrypto.CryptoKey;
  publicKey: webcrypto.CryptoKey;
}

/** The pair of a private key in PEM, in either of its two forms. Throws without a word of the text when it is none. */
export async function keysOf(pem: string): Promise<Keys> {
  let key;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw new Error("the private key is no PEM that can be read");
  }
  const { namedCurve } = key.asymmetricKeyDetails ?? {};
  const algorithm = algorithms[key.asymmetricKeyType ?? ""];
  if (!algorithm || (namedCurve !== undefined && namedCurve !== "prime256v1"))
    throw new Error("the lab's stand-in for tls takes RSA keys, and ECDSA keys of the curve P256, only");
  const { subtle } = webcrypto;
  return {
    privateKey: await subtle.importKey(
      "pkcs8",
      key.export({ type: "pkcs8", format: "der" }),
      algorithm,
      true,
      ["sign"],
    ),
    publicKey: await subtle.importKey(
      "spki",
      createPublicKey(key).export({ type: "spki", format: "der" }),
      algorithm,
      true,
      ["verify"],
    ),
  };
}

/** How a key signs. */
export const signingAlgorithmOf = ({ privateKey: { algorithm } }: Keys) => ({
  name: algorithm.name,
  hash: "SHA-256",
});

/** What the official plugin calls the kind of a key. */
export const keyAlgorithmOf = ({ privateKey: { algorithm } }: Keys): string =>
  algorithm.name === "ECDSA" ? "ECDSA" : "RSA";

/** The id of what has no number of its own: SHA-1 of its text, in hexadecimal digits. */
export const idOf = (pem: string): string => createHash("sha1").update(pem).digest("hex");

export const privateKey: ResourceType = {
  inputs: { algorithm: "replace", ecdsaCurve: "replace", rsaBits: "replace" },
  required: ["algorithm"],
  check({ algorithm, ecdsaCurve, rsaBits }): Fault[] {
    const only = (property: string, what: string) => ({
      property,
      reason: `the lab's stand-in for tls makes ${what} only`,
    });
    if (algorithm === "ECDSA") return ecdsaCurve === "P256" ? [] : [only("ecdsaCurve", "ECDSA keys of P256")];
    if (algorithm !== "RSA") return [only("algorithm", "keys with algorithm ECDSA or RSA")];
    return [undefined, 2048, 4096].includes(rsaBits)
      ? []
      : [only("rsaBits", "RSA keys of 2048 or 4096 bits")];
  },
  async create(inputs) {
    const rsaBits: number = inputs.rsaBits ?? 2048; // the official plugin's default, whatever the algorithm
    const isRsa = inputs.algorithm === "RSA";
    const pair = isRsa
      ? await promisify(generateKeyPair)("rsa", { modulusLength: rsaBits })
      : await promisify(generateKeyPair)("ec", { namedCurve: "prime256v1" });
    const pem = (type: "pkcs1" | "sec1" | "pkcs8") =>
      pair.privateKey.export({ type: type as "pkcs8", format: "pem" }).toString();
    const publicKeyPem = pair.publicKey.export({ type: "spki", format: "pem" }).toString();
    const outputs = {
      ...inputs,
      rsaBits,
      privateKeyPem: pem(isRsa ? "pkcs1" : "sec1"),
      privateKeyPemPkcs8: pem("pkcs8"),
      publicKeyPem,
    };
    return { id: idOf(publicKeyPem), outputs };
  },
};
