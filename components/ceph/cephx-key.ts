/**
 * Cipher of a cephx key. `aes256k` came with 19.2.6, 20.2.4 and 21.2.0 and is the default there; older releases, and
 * kernel clients before Linux 7.0, know only `aes`.
 * https://docs.ceph.com/en/latest/rados/configuration/auth-config-ref/
 */
export type KeyType = "aes" | "aes256k";

const ciphers: Record<KeyType, { code: number; bytes: number }> = {
  aes: { code: 1, bytes: 16 },
  aes256k: { code: 2, bytes: 32 },
};

/** How many random bytes a key of this type needs. */
export const keyBytes = (type: KeyType): number => ciphers[type].bytes;

/**
 * A cephx key from random bytes, as it stands in a keyring: base64 of a little-endian header (type 16 bit, creation
 * time as seconds and nanoseconds 32 bit each, length 16 bit) and the bytes. The time is zero, so that the same bytes
 * always give the same key. Throws when the number of bytes does not fit the type.
 */
export function cephxKey(type: KeyType, secret: Buffer): string {
  const { code, bytes } = ciphers[type];
  if (secret.length !== bytes)
    throw new Error(`a cephx key of type ${type} takes ${bytes} bytes, not ${secret.length}`);
  const header = Buffer.alloc(12);
  header.writeUInt16LE(code, 0);
  header.writeUInt16LE(secret.length, 10);
  return Buffer.concat([header, secret]).toString("base64");
}
