import { z } from "zod";
import { engineDefaults, systemDefaults } from "../../components/hosts/prepare";
import { isAddress, isCidr, isEndpoint, isMaxStartups, isPlainUrl, isTimeZone, label } from "../formats";
import { parseHostKey } from "../host-key";
import { hostPath, keyPath, matching, port, singleLine } from "./fields";

const userName = matching(/^[a-z_][a-z0-9_-]{0,31}$/, "the name of a Unix user");

export const ssh = z.strictObject({
  /** User to log in as: root, or one that may `sudo` without a password. @default "root" */
  user: userName.default("root"),
  /** TCP port of sshd. @default 22 */
  port: port.default(22),
  /**
   * Private key, a path on the operator's machine; `~/` is the operator's home. Relative paths are rejected.
   * @default none: the ssh agent is asked
   */
  privateKeyFile: keyPath.optional(),
});

export const host = z.strictObject({
  /**
   * Name of the host: an RFC 1123 label in lower case, no dots. Daemons and resources are named by it, so that a
   * new name is a new host. Two hosts of one name are rejected.
   */
  name: matching(label, "a host name of lower-case letters, digits and -, at most 63, without dots"),
  /** IPv4 or IPv6 address, or DNS name. Two hosts of one address are rejected. */
  address: matching(isAddress, "an IPv4 or IPv6 address or a DNS name"),
  /**
   * The SSH host key that the host must show: an OpenSSH public key line, ed25519, ecdsa or rsa.
   * `npm run hosts:trust` fetches, shows and writes it.
   */
  hostKey: matching(
    (line) => parseHostKey(line) !== undefined,
    'an OpenSSH public key line, "ssh-ed25519 AAAA…", without a host name in front',
  ),
  /** What differs from the stack's `ssh` on this host. @default nothing */
  ssh: z
    .strictObject({ user: userName.optional(), port: port.optional(), privateKeyFile: keyPath.optional() })
    .optional(),
});

export const engine = z.strictObject({
  /** Where Docker Engine comes from: the distribution's packages, or Docker's own repository. @default "distribution" */
  source: z.enum(["distribution", "docker-ce"]).default(engineDefaults.source),
  /** Folder of images and containers on each host. @default "/var/lib/docker" */
  dataRoot: hostPath.default(engineDefaults.dataRoot),
  /** Whether a host is refused on which `dataRoot` is not a mount point of its own. @default false */
  requireMount: z.boolean().default(engineDefaults.requireMount),
  /** Mirrors of Docker Hub: http(s) URLs without user, query or fragment. @default [] */
  registryMirrors: z
    .array(matching(isPlainUrl, "an http:// or https:// URL without user, query or fragment"))
    .default([]),
  /** Registries that may be used without valid TLS: host[:port] or a network in CIDR notation. @default [] */
  insecureRegistries: z
    .array(
      matching(
        (text) => isEndpoint(text) || isCidr(text),
        "host[:port] without http://, or a network such as 192.0.2.0/24",
      ),
    )
    .default([]),
  /** Size at which a container's log file is rotated: a number with k, m or g. @default "50m" */
  logMaxSize: matching(/^[1-9]\d*[kmg]$/, "a size such as 50m, with k, m or g").default(
    engineDefaults.logMaxSize,
  ),
  /** How many log files of a container are kept, at least 1. @default 5 */
  logMaxFile: z.int().min(1).default(engineDefaults.logMaxFile),
  /** Whether containers keep running while the daemon restarts. @default true */
  liveRestore: z.boolean().default(engineDefaults.liveRestore),
});

export const system = z.strictObject({
  /** Time zone of the hosts, a name of the tz database with its upper and lower case. @default "Etc/UTC" */
  timezone: matching(isTimeZone, "a time zone such as Europe/Berlin").default(systemDefaults.timezone),
  /** Whether fonts are installed, for services that draw text into images. @default false */
  fonts: z.boolean().default(systemDefaults.fonts),
  /** Kernel settings beside those that the components need, by name. @default {} */
  sysctls: z
    .record(
      matching(/^[a-z0-9_-]+([./][a-z0-9_-]+)+$/i, "the name of a kernel setting, such as vm.swappiness"),
      z.union(
        [z.int(), matching(singleLine, "a single line")],
        "expected a whole number or a single line of text",
      ),
    )
    .default({}),
  /** Whether auditd watches the engine's files and programs. @default true */
  audit: z.boolean().default(systemDefaults.audit),
  /** Whether a host is refused on which no time service runs. @default true */
  checkClock: z.boolean().default(systemDefaults.checkClock),
  /** sshd's MaxStartups: connections that have not logged in yet, a number or start:rate:full. @default "100:30:200" */
  sshMaxStartups: matching(
    isMaxStartups,
    "a number, or start:rate:full with a rate of 1 to 100 percent and full not below start",
  ).default(systemDefaults.sshMaxStartups),
  /** sshd's MaxSessions: sessions in one connection, at least 1. @default 100 */
  sshMaxSessions: z.int().min(1).default(systemDefaults.sshMaxSessions),
});
