import { createPrivateKey, randomBytes, X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { compare, hash } from "bcryptjs";
import { labDir } from "../paths";
import { run } from "../run";
import { registryAddress, registryUpload } from "./addresses";

/** How a registry is reached: whom to trust, and as whom to log in. */
export interface Access {
  /** Certificate authority, PEM. */
  ca: string;
  username: string;
  password: string;
}

/** What a registry and those who use it have, in a folder that only its owner can read. */
export interface RegistryFiles extends Access {
  /** Password, as a line. */
  passwordFile: string;
  /** What the registry reads: `tls.crt`, `tls.key`, `htpasswd`. */
  folder: string;
  /** Whether the registry has to start again for what is new here. */
  changed: boolean;
}

const folder = join(labDir, "registry");
/** As a robot of Harbor is called: the sign is one that has to survive every shell and file. */
const username = "robot$lab";
const day = 24 * 60 * 60 * 1000;

const ipOf = (address: string) => address.split(":")[0] ?? address;

/** Certificate and login of the lab's registry. What is there stays; a certificate is renewed in its last 30 days. */
export const ensureRegistryAccess = (): Promise<RegistryFiles> =>
  ensureAccess(folder, [registryAddress, registryUpload].map(ipOf));

/** The access to the lab's registry that is there. Throws when there is none. */
export async function readRegistryAccess(): Promise<Access> {
  const [ca = "", password = ""] = await Promise.all(
    ["ca.crt", "password"].map((name) => readFile(join(folder, name), "utf8")),
  ).catch(() => {
    throw new Error("the lab's registry has no login: run npm run lab first");
  });
  return { ca, username, password: password.trim() };
}

/** @param addresses IP addresses at which the registry answers */
export async function ensureAccess(
  folder: string,
  addresses: string[],
  now = Date.now(),
): Promise<RegistryFiles> {
  await mkdir(join(folder, "server"), { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const certified = await ensureCertificate(folder, addresses, now);
  const { password, changed } = await ensureLogin(folder);
  return {
    ca: await readFile(join(folder, "ca.crt"), "utf8"),
    username,
    password,
    passwordFile: join(folder, "password"),
    folder: join(folder, "server"),
    changed: certified || changed,
  };
}

/** Gives whether it made a new one. */
async function ensureCertificate(folder: string, addresses: string[], now: number): Promise<boolean> {
  const at = (name: string) => join(folder, name);
  const server = { certificate: at("server/tls.crt"), key: at("server/tls.key") };
  const authority = { certificate: at("ca.crt"), key: at("ca.key") };
  const vouched = await read(authority);
  const lasts = (certificate: X509Certificate, days: number) =>
    Date.parse(certificate.validTo) - now > days * day;
  if (vouched && lasts(vouched, 400)) {
    const present = await read(server);
    const fits =
      present?.verify(vouched.publicKey) &&
      lasts(present, 30) &&
      addresses.every((address) => present.checkIP(address) !== undefined);
    if (fits) return false;
  }
  const work = await mkdtemp(at("new-"));
  try {
    const config = join(work, "openssl.cnf");
    await writeFile(config, opensslConfig(addresses));
    const openssl = (...args: string[]) => run("openssl", args).catch(explain);
    const newKey = (file: string) => [
      ...["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", file],
      ...["-config", config],
    ];
    if (!vouched || !lasts(vouched, 400)) {
      const made = { certificate: join(work, "ca.crt"), key: join(work, "ca.key") };
      await openssl("req", "-x509", ...newKey(made.key), "-days", "3650", "-out", made.certificate);
      await moveInto(made, authority);
    }
    const made = { certificate: join(work, "tls.crt"), key: join(work, "tls.key") };
    const request = join(work, "tls.csr");
    await openssl("req", "-new", ...newKey(made.key), "-out", request);
    await openssl(
      ...["x509", "-req", "-in", request, "-days", "397", "-out", made.certificate],
      ...[
        "-CA",
        authority.certificate,
        "-CAkey",
        authority.key,
        "-set_serial",
        `0x${randomBytes(8).toString("hex")}`,
      ],
      ...["-extfile", config, "-extensions", "server"],
    );
    await moveInto(made, server);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return true;
}

interface Pair {
  certificate: string;
  key: string;
}

/** A certificate with its key; undefined when one is missing or is not the other's, as after a cut between the two moves. */
async function read({ certificate, key }: Pair): Promise<X509Certificate | undefined> {
  if (!existsSync(certificate) || !existsSync(key)) return undefined;
  try {
    const parsed = new X509Certificate(await readFile(certificate));
    return parsed.checkPrivateKey(createPrivateKey(await readFile(key))) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

async function moveInto(from: Pair, to: Pair): Promise<void> {
  await chmod(from.key, 0o600);
  await rename(from.key, to.key);
  await rename(from.certificate, to.certificate);
}

const opensslConfig = (addresses: string[]) => `[req]
distinguished_name = name
prompt = no
x509_extensions = authority
[name]
CN = farmstack lab registry
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = ${addresses.map((address) => `IP:${address}`).join(", ")}
`;

function explain(error: NodeJS.ErrnoException): never {
  throw error.code === "ENOENT" ? new Error("openssl is not installed: install the package openssl") : error;
}

/** The password is made once. The registry has its hash only. */
async function ensureLogin(folder: string): Promise<{ password: string; changed: boolean }> {
  const file = join(folder, "password");
  const hashes = join(folder, "server", "htpasswd");
  if (!existsSync(file)) await writeWhole(file, `${randomBytes(24).toString("base64url")}\n`);
  const password = (await readFile(file, "utf8")).trim();
  const [name, hashed] = existsSync(hashes) ? (await readFile(hashes, "utf8")).trim().split(":") : [];
  if (name === username && hashed !== undefined && (await compare(password, hashed)))
    return { password, changed: false };
  // The least work: nobody guesses a random password, and the registry computes this for each request.
  await writeWhole(hashes, `${username}:${await hash(password, 4)}\n`);
  return { password, changed: true };
}

async function writeWhole(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
