import { randomBytes, type webcrypto } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  type Extension,
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import {
  type Change,
  type Difference,
  type Fault,
  type Properties,
  type ResourceType,
} from "../resource-type";
import { diffInputs } from "../provider/diff";
import { keyAlgorithmOf, keysOf, signingAlgorithmOf } from "./keys";
import { alternativeNames, checkSubject, nameOf } from "./names";
import { pemOf } from "./pem";
import { checkUses, usesExtensions } from "./uses";

const hour = 3_600_000;

/** Inputs that both kinds of certificates have. Only what is no part of the certificate is changed in place. */
const common: Record<string, Change> = {
  allowedUses: "replace",
  earlyRenewalHours: "update",
  isCaCertificate: "replace",
  setSubjectKeyId: "replace",
  validityPeriodHours: "replace",
};

/** What differs between the two kinds. */
interface Kind {
  inputs: Record<string, Change>;
  required: string[];
  check(inputs: Properties): Fault[];
  /** The certificate, and further outputs. */
  sign(inputs: Properties, base: Base): Promise<{ certificate: X509Certificate; outputs: Properties }>;
}

/** What both kinds say in the same way. */
interface Base {
  serialNumber: string;
  notBefore: Date;
  notAfter: Date;
  extensionsFor(key: webcrypto.CryptoKey): Promise<Extension[]>;
}

function certificateType(kind: Kind): ResourceType {
  const inputs = { ...common, ...kind.inputs };
  return {
    inputs,
    required: ["allowedUses", "validityPeriodHours", ...kind.required],
    check: (given) => [...checkUses(given.allowedUses), ...kind.check(given)],
    compare: (olds, news) => ({
      differences: [...diffInputs({ inputs }, olds.inputs, news), ...renewal(olds.state, news)],
      deleteBeforeReplace: false,
    }),
    async create(given) {
      const base = baseOf(given);
      const { certificate, outputs } = await kind.sign(given, base);
      return {
        id: BigInt(`0x${base.serialNumber}`).toString(),
        outputs: {
          isCaCertificate: false,
          earlyRenewalHours: 0,
          setSubjectKeyId: false,
          ...given,
          ...outputs,
          certPem: pemOf(certificate),
          readyForRenewal: false,
          validityStartTime: timeOf(base.notBefore),
          validityEndTime: timeOf(base.notAfter),
        },
      };
    },
    async read(_id, state, _context, known = {}) {
      const readyForRenewal = state.readyForRenewal || isDue(state, state);
      return { inputs: known, outputs: { ...state, readyForRenewal } };
    },
    update: async (_id, state, given) => ({ ...state, earlyRenewalHours: 0, ...given }),
  };
}

/** From the early renewal on, the plan is to replace the certificate. */
function renewal(state: Properties, news: Properties): Difference[] {
  return isDue(state, news) ? [{ property: "readyForRenewal", kind: "update", change: "replace" }] : [];
}

function isDue(state: Properties, { earlyRenewalHours = 0 }: Properties): boolean {
  const end = Date.parse(state.validityEndTime);
  return typeof earlyRenewalHours === "number" && end - earlyRenewalHours * hour <= Date.now();
}

function baseOf(inputs: Properties): Base {
  const notBefore = new Date(Math.floor(Date.now() / 1000) * 1000); // a certificate knows no fractions
  return {
    serialNumber: serialNumber(),
    notBefore,
    notAfter: new Date(notBefore.getTime() + inputs.validityPeriodHours * hour),
    extensionsFor: async (key) => [
      new BasicConstraintsExtension(inputs.isCaCertificate === true, undefined, true),
      ...usesExtensions(inputs.allowedUses),
      ...(inputs.isCaCertificate || inputs.setSubjectKeyId
        ? [await SubjectKeyIdentifierExtension.create(key)]
        : []),
    ],
  };
}

/** 16 random bytes that are a positive number. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString("hex");
}

const timeOf = (date: Date): string => date.toISOString().replace(".000", "");

export const selfSignedCert = certificateType({
  inputs: {
    privateKeyPem: "replace",
    subject: "replace",
    dnsNames: "replace",
    ipAddresses: "replace",
    setAuthorityKeyId: "replace",
  },
  required: ["privateKeyPem"],
  check: ({ subject, isCaCertificate }) => [
    ...checkSubject(subject),
    ...(isCaCertificate === true && subject === undefined
      ? [{ property: "subject", reason: "an authority needs a subject" }]
      : []),
  ],
  async sign(inputs, { extensionsFor, ...base }) {
    const keys = await keysOf(inputs.privateKeyPem);
    const certificate = await X509CertificateGenerator.createSelfSigned({
      ...base,
      name: nameOf(inputs.subject),
      keys,
      signingAlgorithm: signingAlgorithmOf(keys),
      extensions: [
        ...(await extensionsFor(keys.publicKey)),
        ...(inputs.setAuthorityKeyId ? [await AuthorityKeyIdentifierExtension.create(keys.publicKey)] : []),
        ...alternativeNames(inputs),
      ],
    });
    return { certificate, outputs: { keyAlgorithm: keyAlgorithmOf(keys), setAuthorityKeyId: false } };
  },
});

export const locallySignedCert = certificateType({
  inputs: { certRequestPem: "replace", caCertPem: "replace", caPrivateKeyPem: "replace" },
  required: ["certRequestPem", "caCertPem", "caPrivateKeyPem"],
  check: () => [],
  async sign(inputs, { extensionsFor, ...base }) {
    const request = new Pkcs10CertificateRequest(inputs.certRequestPem);
    if (!(await request.verify())) throw new Error("the request is not signed by the key that is in it");
    const authority = new X509Certificate(inputs.caCertPem);
    const keys = await keysOf(inputs.caPrivateKeyPem);
    const own = Buffer.from(await authority.publicKey.getKeyIdentifier()).toString("hex");
    const authorityKey = await AuthorityKeyIdentifierExtension.create(keys.publicKey);
    if (authorityKey.keyId !== own) throw new Error("caPrivateKeyPem is not the key of caCertPem");
    const publicKeyOfRequest = await request.publicKey.export();
    const certificate = await X509CertificateGenerator.create({
      ...base,
      subject: request.subjectName,
      issuer: authority.subjectName,
      publicKey: publicKeyOfRequest,
      signingKey: keys.privateKey,
      signingAlgorithm: signingAlgorithmOf(keys),
      extensions: [
        ...(await extensionsFor(publicKeyOfRequest)),
        ...(authority.getExtension(SubjectKeyIdentifierExtension) ? [authorityKey] : []),
        // Of what a request asks for, only the names are given.
        ...request.extensions.filter((extension) => extension instanceof SubjectAlternativeNameExtension),
      ],
    });
    return { certificate, outputs: { caKeyAlgorithm: keyAlgorithmOf(keys) } };
  },
});
