import {
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
} from "@peculiar/x509";
import { type Fault } from "../resource-type";

/** What a key may be used for, as `allowedUses` calls it. Those that the stack uses. */
const flags: Record<string, KeyUsageFlags> = {
  digital_signature: KeyUsageFlags.digitalSignature,
  key_encipherment: KeyUsageFlags.keyEncipherment,
  key_agreement: KeyUsageFlags.keyAgreement,
  cert_signing: KeyUsageFlags.keyCertSign,
  crl_signing: KeyUsageFlags.cRLSign,
};
const extended: Record<string, ExtendedKeyUsage> = {
  server_auth: ExtendedKeyUsage.serverAuth,
  client_auth: ExtendedKeyUsage.clientAuth,
};

export function checkUses(uses: unknown): Fault[] {
  if (!Array.isArray(uses)) return []; // not known yet
  return uses
    .filter((use) => typeof use !== "string" || !(use in flags || use in extended))
    .map((use) => ({ property: "allowedUses", reason: `the lab's stand-in for tls has no use "${use}"` }));
}

/** The extensions of a certificate that say it. */
export function usesExtensions(uses: string[]): (KeyUsagesExtension | ExtendedKeyUsageExtension)[] {
  const plain = uses.reduce((sum, use) => sum | (flags[use] ?? 0), 0);
  const purposes = uses.flatMap((use) => extended[use] ?? []);
  return [
    ...(plain ? [new KeyUsagesExtension(plain, true)] : []),
    ...(purposes.length > 0 ? [new ExtendedKeyUsageExtension(purposes)] : []),
  ];
}
