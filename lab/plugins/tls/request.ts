import { Pkcs10CertificateRequestGenerator } from "@peculiar/x509";
import { type ResourceType } from "../resource-type";
import { idOf, keyAlgorithmOf, keysOf, signingAlgorithmOf } from "./keys";
import { alternativeNames, checkSubject, nameOf } from "./names";
import { pemOf } from "./pem";

export const certRequest: ResourceType = {
  inputs: { privateKeyPem: "replace", subject: "replace", dnsNames: "replace", ipAddresses: "replace" },
  required: ["privateKeyPem"],
  check: ({ subject }) => checkSubject(subject),
  async create(inputs) {
    const keys = await keysOf(inputs.privateKeyPem);
    const request = await Pkcs10CertificateRequestGenerator.create({
      name: nameOf(inputs.subject),
      keys,
      signingAlgorithm: signingAlgorithmOf(keys),
      extensions: alternativeNames(inputs),
    });
    const certRequestPem = pemOf(request);
    return {
      id: idOf(certRequestPem),
      outputs: { ...inputs, keyAlgorithm: keyAlgorithmOf(keys), certRequestPem },
    };
  },
};
