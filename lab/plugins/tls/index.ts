import "reflect-metadata"; // @peculiar/x509 fails to load without it
import { type Plugin } from "../resource-type";
import { locallySignedCert, selfSignedCert } from "./certificates";
import { privateKey } from "./keys";
import { certRequest } from "./request";

/** Keys and certificates. The keys are node:crypto's, the certificates those of @peculiar/x509. */
export const tlsPlugin: Plugin = {
  name: "tls",
  version: "5.6.1",
  config: [],
  types: {
    "tls:index/privateKey:PrivateKey": privateKey,
    "tls:index/certRequest:CertRequest": certRequest,
    "tls:index/selfSignedCert:SelfSignedCert": selfSignedCert,
    "tls:index/locallySignedCert:LocallySignedCert": locallySignedCert,
  },
};
