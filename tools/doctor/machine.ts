import { stat } from "node:fs/promises";
import { existsSync, readFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { expandHome } from "../../components/hosts/ssh";
import { type StackSettings } from "../../config/schema";
import { sshOf } from "../../config/ssh";
import { projectRoot } from "../../lab/paths";
import { anyCode, run } from "../../lab/run";
import { atLeast } from "../../lab/toolchain/locate";
import { engineVersion, pluginVersions } from "../../lab/toolchain/versions";
import { engines } from "../../package.json";
import { type Finding, fault, ok, type Result, thisMachine, warning } from "./finding";

/** What this machine has to have: programs, packages, keys. `settings` are undefined when the file has faults. */
export async function examineMachine(
  pulumi: string,
  settings: StackSettings | undefined,
): Promise<Finding[]> {
  const results = await Promise.all([
    nodeVersion(process.versions.node, engines.node),
    versionOf("npm", ["--version"], "install Node with npm"),
    packages(),
    ssh(),
    pulumiAndPlugins(pulumi),
    ...(settings ? keyFiles(settings).map(keyFile) : []),
    ...(settings ? [agent(settings), skopeo(settings), harborName(settings)] : []),
  ]);
  return results.flat().map((result) => ({ where: thisMachine, ...result }));
}

/** Pure. `wanted` as in package.json. */
export function nodeVersion(version: string, wanted: string): Result {
  const least = wanted.replace(/^>=\s*/, "");
  return atLeast(version, least)
    ? ok("Node", version)
    : fault("Node", `${version}, and ${least} or newer is needed`, `install Node ${least} or newer`);
}

async function versionOf(program: string, args: string[], install: string): Promise<Result> {
  const printed = await printedBy(program, args);
  return printed === undefined ? fault(program, "is not installed", install) : ok(program, printed.trim());
}

/** What a program printed; undefined when there is none, or it failed. */
async function printedBy(program: string, args: string[], timeout = 60_000): Promise<string | undefined> {
  const result = await run(program, args, { cwd: projectRoot, allow: anyCode, timeout }).catch(
    () => undefined,
  );
  return result?.code === 0 ? result.stdout || result.stderr : undefined;
}

/** The program's own packages, of the versions that it names. */
async function packages(): Promise<Result> {
  const versionIn = (file: string): string | undefined =>
    existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version : undefined;
  const there = versionIn(join(projectRoot, "node_modules", "@pulumi", "pulumi", "package.json"));
  return there === engineVersion
    ? ok("packages", "as package.json has them")
    : fault(
        "packages",
        `@pulumi/pulumi is ${there ?? "missing"}, not ${engineVersion}`,
        "npm ci --ignore-scripts",
      );
}

async function ssh(): Promise<Result> {
  const printed = await printedBy("ssh", ["-V"]);
  return printed === undefined
    ? fault("ssh", "is not installed", "install the OpenSSH client")
    : sshVersion(printed);
}

/** Pure. `printed` by `ssh -V`. */
export function sshVersion(printed: string): Result {
  const version = /OpenSSH_(\d+\.\d+)/.exec(printed)?.[1];
  if (version === undefined)
    return warning("ssh", `${printed.trim()} is not OpenSSH`, "install the OpenSSH client");
  return atLeast(version, "8.5")
    ? ok("ssh", `OpenSSH ${version}`)
    : fault("ssh", `OpenSSH ${version} does not know KnownHostsCommand`, "install OpenSSH 8.5 or newer");
}

async function pulumiAndPlugins(command: string): Promise<Result[]> {
  const [program = "", ...first] = command.split(" ").filter(Boolean);
  const printed = await printedBy(program, [...first, "version"]);
  const version = printed?.trim().split("\n").at(-1)?.replace(/^v/, "");
  if (version === undefined)
    return [
      fault(
        "Pulumi",
        `${command} does not run`,
        `install Pulumi ${engineVersion} or newer, or name it with FARMSTACK_PULUMI`,
      ),
    ];
  const listed = await printedBy(program, [...first, "plugin", "ls", "--json"]);
  return [
    atLeast(version, engineVersion)
      ? ok("Pulumi", version)
      : fault(
          "Pulumi",
          `${version}, and the program is made for ${engineVersion}`,
          `install Pulumi ${engineVersion} or newer`,
        ),
    ...pluginsIn(listed ?? "[]"),
  ];
}

/** Pure. `listed` by `pulumi plugin ls --json`. */
export function pluginsIn(listed: string): Result[] {
  const there = JSON.parse(listed) as { name: string; version?: string }[];
  const missing = Object.entries(pluginVersions).filter(
    ([name, version]) => !there.some((plugin) => plugin.name === name && plugin.version === version),
  );
  if (missing.length === 0) return [ok("plugins", Object.keys(pluginVersions).join(", "))];
  return missing.map(([name, version]) =>
    warning(
      "plugins",
      `${name} ${version} is not here yet; pulumi up downloads it`,
      `pulumi plugin install resource ${name} v${version}`,
    ),
  );
}

const keyFiles = (settings: StackSettings): string[] => [
  ...new Set(settings.hosts.flatMap((host) => sshOf(settings.ssh, host).privateKeyFile ?? [])),
];

async function keyFile(file: string): Promise<Result> {
  const found = await stat(expandHome(file)).catch(() => undefined);
  if (!found)
    return fault("key", `there is no ${file}`, `ssh-keygen -t ed25519 -f ${file}, or set ssh.privateKeyFile`);
  if ((found.mode & 0o077) !== 0)
    return fault("key", `others may read ${file}, and ssh does not take it`, `chmod 600 ${file}`);
  return ok("key", file);
}

/** Asked only where a host has no key file. */
async function agent(settings: StackSettings): Promise<Result[]> {
  if (settings.hosts.every((host) => sshOf(settings.ssh, host).privateKeyFile !== undefined)) return [];
  const keys = await printedBy("ssh-add", ["-l"]);
  return keys === undefined
    ? [
        fault(
          "agent",
          "no ssh agent with a key answers, and not every host has a key file",
          'eval "$(ssh-agent)"; ssh-add, or set ssh.privateKeyFile',
        ),
      ]
    : [ok("agent", `${keys.trim().split("\n").length} keys`)];
}

/** Asked for only where images have to get into a mirror. */
async function skopeo({ images }: StackSettings): Promise<Result[]> {
  return images.mirror === undefined ? [] : [skopeoVersion(await printedBy("skopeo", ["--version"]))];
}

/** Pure. `printed` by `skopeo --version`; undefined: there is none. */
export function skopeoVersion(printed: string | undefined): Result {
  const install = "install skopeo 1.8 or newer";
  if (printed === undefined)
    return warning("skopeo", "is not installed: no image gets into the mirror from here", install);
  const version = /version (\d+\.\d+(\.\d+)?)/.exec(printed)?.[1];
  if (version === undefined) return warning("skopeo", `${printed.trim()} names no version`, install);
  return atLeast(version, "1.8")
    ? ok("skopeo", version)
    : warning("skopeo", `${version}, and images:sync and images:pin need 1.8 or newer`, install);
}

async function harborName({ harbor, hosts }: StackSettings): Promise<Result[]> {
  const host = hosts.find(({ name }) => name === harbor.host);
  if (!host || harbor.hostname === undefined) return [];
  // In a process of its own, as a look-up can't be given up.
  const script = `require("node:dns").lookup(process.argv[1], { all: true }, (_, found = []) =>
    console.log(found.map(({ address }) => address).join(" ")))`;
  const printed = await printedBy(process.execPath, ["-e", script, harbor.hostname], 10_000);
  return [nameLeads(harbor.hostname, host, (printed ?? "").split(/\s+/).filter(Boolean))];
}

/**
 * Pure. Clients look Harbor up by its name; `pulumi up` does without. A name that leads to another address may be right:
 * a balancer, or the host seen from elsewhere.
 */
export function nameLeads(
  hostname: string,
  { name, address }: { name: string; address: string },
  found: string[],
): Result {
  const said = found.length === 0 ? "leads nowhere from here" : `leads to ${found.join(", ")}`;
  return found.length > 0 && (isIP(address) === 0 || found.includes(address))
    ? ok("Harbor's name", `${hostname} ${said}`)
    : warning(
        "Harbor's name",
        `${hostname} ${said}, and Harbor is on ${name}`,
        `have ${hostname} lead to ${address} in the DNS of all that push and pull`,
      );
}
