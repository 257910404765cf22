import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, webcrypto } from "node:crypto";
import { type Fault, type ResourceType } from "../resource-type";

/** The one kind of key that the stack has. */
const algorithm = { name: "ECDSA", namedCurve: "P-256" };

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
  if (key.asymmetricKeyDetails?.namedCurve !== "prime256v1")
    throw new Error("the lab's stand-in for tls takes ECDSA keys of the curve P256 only");
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

/** The id of what has no number of its own: SHA-1 of its text, in hexadecimal digits. */
export const idOf = (pem: string): string => createHash("sha1").update(pem).digest("hex");

export const privateKey: ResourceType = {
  inputs: { algorithm: "replace", ecdsaCurve: "replace" },
  required: ["algorithm"],
  check(inputs): Fault[] {
    const taken = (property: string, value: string) =>
      inputs[property] === value
        ? []
        : [{ property, reason: `the lab's stand-in for tls makes keys with ${property} ${value} only` }];
    return [...taken("algorithm", "ECDSA"), ...taken("ecdsaCurve", "P256")];
  },
  async create(inputs) {
    const pair = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    const pem = (type: "sec1" | "pkcs8") => pair.privateKey.export({ type, format: "pem" }).toString();
    const publicKeyPem = pair.publicKey.export({ type: "spki", format: "pem" }).toString();
    const outputs = {
      ...inputs,
      rsaBits: 2048, // the official plugin's default, whatever the algorithm
      privateKeyPem: pem("sec1"),
      privateKeyPemPkcs8: pem("pkcs8"),
      publicKeyPem,
    };
    return { id: idOf(publicKeyPem), outputs };
  },
};
