import { X509Certificate } from "node:crypto";
import { BlockList, isIP } from "node:net";
import { posix } from "node:path";

/** RFC 1123 label in lower case: what a host name and a part of a container name can be. */
export const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** A DNS name. The last label has a letter, so that a mistyped IPv4 address is not taken for a name. */
export function isDnsName(text: string): boolean {
  const labels = text.toLowerCase().split(".");
  return text.length <= 253 && labels.every((part) => label.test(part)) && /[a-z]/.test(labels.at(-1) ?? "");
}

/** IPv4, IPv6 (without a zone) or a DNS name. */
export function isAddress(text: string): boolean {
  return (isIP(text) !== 0 && !text.includes("%")) || isDnsName(text);
}

/** A network in CIDR notation, such as 192.0.2.0/24 or 2001:db8::/64. */
export function isCidr(text: string): boolean {
  return network(text) !== undefined;
}

/** Whether a network (CIDR) contains an IP address. undefined: one of the two is something else. */
export function contains(cidr: string, address: string): boolean | undefined {
  const list = network(cidr);
  const version = isIP(address);
  return list && version ? list.check(address, version === 6 ? "ipv6" : "ipv4") : undefined;
}

function network(cidr: string): BlockList | undefined {
  const [, address = "", prefix = ""] = /^([^/%]+)\/(\d{1,3})$/.exec(cidr) ?? [];
  const version = isIP(address);
  if (version === 0 || Number(prefix) > (version === 6 ? 128 : 32)) return undefined;
  const list = new BlockList();
  list.addSubnet(address, Number(prefix), version === 6 ? "ipv6" : "ipv4");
  return list;
}

/** `host[:port]` with a DNS name, an IPv4 address or an IPv6 address in brackets; a single label such as `registry` will do. */
export function isEndpoint(text: string): boolean {
  const [, bracketed, plain = "", port = "1"] =
    /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed === undefined ? isAddress(plain) : isIP(bracketed) === 6;
  return host && Number(port) >= 1 && Number(port) <= 65535;
}

/** Where a registry keeps its images: `host[:port][/path]`, as it stands in front of an image name. */
export function isRegistryPath(text: string): boolean {
  const [endpoint = "", ...path] = text.split("/");
  return isEndpoint(endpoint) && path.every((part) => /^[a-z0-9]+([._-]+[a-z0-9]+)*$/.test(part));
}

/** An image reference with a tag other than `latest`, or with a digest: what it names never changes by itself. */
export function isPinnedReference(text: string): boolean {
  const [, path = "", tag, digest] =
    /^([^@]+?)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(text) ?? [];
  const parts = path.split("/");
  const registry = parts.length > 1 && /[.:]|^localhost$/.test(parts[0] ?? "") ? parts.shift() : undefined;
  const named = parts.every((part) => /^[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*$/.test(part));
  const pinned = digest !== undefined || (tag !== undefined && tag !== "latest");
  return named && pinned && (registry === undefined || isEndpoint(registry));
}

/** http(s) URL without a user, a query or a fragment. */
export function isPlainUrl(text: string): boolean {
  if (!/^https?:\/\/[^\s?#@]+$/.test(text)) return false;
  return URL.canParse(text);
}

/** An absolute path of plain characters, below /, as it can stand in a mount: no `..`, no slash at the end. */
export function isAbsolutePath(text: string): boolean {
  return /^(\/[\w.-]+)+$/.test(text) && posix.normalize(text) === text;
}

/** A name of the time zone database, such as Europe/Berlin, in its own upper and lower case. */
export function isTimeZone(text: string): boolean {
  if (!/^[A-Za-z][\w+-]*(\/[\w+-]+)*$/.test(text)) return false;
  try {
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions();
    // The result is the zone that an alias stands for; only a difference in case alone is a mistake.
    return timeZone === text || timeZone.toLowerCase() !== text.toLowerCase();
  } catch {
    return false;
  }
}

/** sshd's MaxStartups: a number, or start:rate:full with a rate in percent and full not below start. */
export function isMaxStartups(text: string): boolean {
  const [, start, rate, full] = /^([1-9]\d{0,4})(?::([1-9]\d{0,2}):([1-9]\d{0,4}))?$/.exec(text) ?? [];
  if (start === undefined) return false;
  return rate === undefined || (Number(rate) <= 100 && Number(full) >= Number(start));
}

/** The path of a file on the operator's machine: absolute, or from the home. */
export const isKeyPath = (text: string): boolean => /^(\/|~\/)[^\r\n\0]*[^/\r\n\0]$/.test(text);

/** One certificate or several as PEM, and nothing else: no key, which is nobody else's business. */
export function isCertificates(text: string): boolean {
  const blocks = text.trim().match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  const alone = blocks.reduce((rest, block) => rest.replace(block, ""), text).trim() === "";
  return blocks.length > 0 && alone && blocks.every(isCertificate);
}

function isCertificate(pem: string): boolean {
  try {
    void new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}
