import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hostFunctions } from "../hosts/functions";
import { assignments, quote } from "../hosts/shell";

export interface NodeRegistryArgs {
  hostName: string;
  /** `host[:port]`. */
  address: string;
  /** Certificate authority, PEM. @default those of the system */
  ca?: string;
  /** @default nobody asks for one */
  login?: { username: string; password: string };
}

const certificates = (address: string) => `/etc/containerd/certs.d/${address}`;
/** Where registry.sh keeps what curl has to know of a registry; programs.sh looks there. */
const known = (address: string) => `/etc/farmstack/registries/${address}`;

/** A text in double quotes, as TOML and curl read it. */
const inQuotes = (text: string) => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

/**
 * containerd's settings of the registry. The login is a header of each request, as only containerd itself pulls the pause
 * image, and kubeadm its images, without a Secret of Kubernetes. So the registry has to take a login without a token first,
 * as distribution and Harbor do. https://github.com/containerd/containerd/blob/main/docs/hosts.md
 */
export function hostsToml({ address, ca, login }: Omit<NodeRegistryArgs, "hostName">): string {
  const host = `host."https://${address}"`;
  const basic = login && Buffer.from(`${login.username}:${login.password}`).toString("base64");
  return [
    `server = "https://${address}"`,
    "",
    `[${host}]`,
    '  capabilities = ["pull", "resolve"]',
    ...(ca === undefined ? [] : [`  ca = "${certificates(address)}/ca.crt"`]),
    ...(basic === undefined ? [] : [`[${host}.header]`, `  Authorization = "Basic ${basic}"`]),
    "",
  ].join("\n");
}

/** Settings with which curl reaches the registry. https://curl.se/docs/manpage.html#-K */
export function curlConf({ address, ca, login }: Omit<NodeRegistryArgs, "hostName">): string {
  return [
    ...(ca === undefined ? [] : [`cacert = "${certificates(address)}/ca.crt"\n`]),
    ...(login === undefined ? [] : [`user = ${inQuotes(`${login.username}:${login.password}`)}\n`]),
  ].join("");
}

const body = readFileSync(join(__dirname, "registry.sh"), "utf8");

/** The script that lets a node fetch from the stack's registry. Has the password in it. */
export function registryScript({ hostName, ...access }: NodeRegistryArgs): string {
  const settings = {
    host: hostName,
    registry: access.address,
    registry_ca: access.ca ?? "",
    hosts_toml: hostsToml(access),
    curl_conf: curlConf(access),
  };
  return `${assignments(settings)}\n${hostFunctions}\n${body}`;
}

/** Takes the login away again. */
export const forgetRegistry = (address: string): string =>
  `rm -f ${[`${certificates(address)}/hosts.toml`, `${certificates(address)}/ca.crt`, known(address)].map(quote).join(" ")}`;
