import { randomBytes } from "node:crypto";
import { cp, mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Container } from "dockerode";
import { type Engine } from "../docker";
import { type Image } from "../images/recipe";
import { run } from "../run";
import { labKeyFile } from "../stack-file";
import { containerName, labHosts, labLabel } from "./addresses";
import { ensureContainer } from "./container";
import { hostKeyFile } from "./keys";
import { upstreamRegistries } from "./upstream";

/** Folders of a host that need a real file system below them: an overlay can't carry another one. */
const volumeFolders = ["/var/lib/docker", "/var/lib/containerd", "/var/lib/kubelet", "/var/lib/etcd"];

/** A host, started: bare when it is new, as it was when it only had stopped. */
export async function ensureHost(
  engine: Engine,
  host: { name: string; address: string },
  image: Image,
): Promise<Container> {
  return ensureContainer(engine, {
    ...host,
    options: {
      Image: image.tag,
      HostConfig: {
        Privileged: true,
        // An own root of control groups, as a machine has. Spread, for the type does not know it.
        ...{ CgroupnsMode: "private" },
        Tmpfs: { "/run": "", "/run/lock": "" },
        ExtraHosts: [
          ...labHosts.map(({ name, address }) => `${name}:${address}`),
          ...upstreamRegistries().map((name) => `${name}:127.0.0.1`),
        ],
        Mounts: volumeFolders.map((folder) => ({
          Type: "volume",
          Source: volumeName(host.name, folder),
          Target: folder,
          VolumeOptions: {
            NoCopy: true,
            Labels: { [labLabel]: host.name },
            DriverConfig: { Name: "local", Options: {} },
          },
        })),
      },
    },
    clear: () => removeVolumes(engine, host.name),
    prepare: (container) => addFiles(container, host.name),
  });
}

const volumeName = (host: string, folder: string) => `${containerName(host)}${folder.replaceAll("/", "-")}`;

/** A new host has empty disks: what an earlier one of its name left behind goes. */
async function removeVolumes({ client }: Engine, host: string): Promise<void> {
  const { Volumes } = await client.listVolumes({ filters: { label: [`${labLabel}=${host}`] } });
  for (const { Name } of Volumes ?? []) await client.getVolume(Name).remove();
}

/** What makes this host different from the others: its key, who may log in, its name servers. */
async function addFiles(container: Container, host: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "farmstack-host-"));
  try {
    const ssh = join(folder, "etc/ssh");
    await mkdir(ssh, { recursive: true });
    await cp(hostKeyFile(host), join(ssh, "ssh_host_ed25519_key"));
    await cp(`${hostKeyFile(host)}.pub`, join(ssh, "ssh_host_ed25519_key.pub"));
    await cp(`${labKeyFile}.pub`, join(ssh, "authorized_keys"));
    const file = ["/run/systemd/resolve/resolv.conf", "/etc/resolv.conf"].find(existsSync);
    await writeFile(
      join(folder, "etc/lab-resolv.conf"),
      file ? reachableServers(await readFile(file, "utf8")) : "",
    );
    await writeFile(join(folder, "etc/machine-id"), `${randomBytes(16).toString("hex")}\n`); // else that of the machine below
    // Names of files only: a folder in the archive would change the owner and the mode of the host's own.
    const names = [
      "etc/ssh/ssh_host_ed25519_key",
      "etc/ssh/ssh_host_ed25519_key.pub",
      "etc/ssh/authorized_keys",
      "etc/lab-resolv.conf",
      "etc/machine-id",
    ];
    // All of it is ASCII, so that the archive passes through a string unharmed.
    const { stdout } = await run("tar", ["-C", folder, "--owner=0", "--group=0", "-cf", "-", ...names]);
    await container.putArchive(Buffer.from(stdout), { path: "/" });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The lines of a resolv.conf without name servers on loopback: there, a container finds only itself. */
export function reachableServers(text: string): string {
  const lines = text.split("\n").filter((line) => /^(nameserver|search|options)\s/.test(line));
  const kept = lines.filter((line) => !/^nameserver\s+(127\.|::1)/.test(line));
  return kept.some((line) => line.startsWith("nameserver")) ? `${kept.join("\n")}\n` : "";
}
