import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { findDocker, stopDocker, type Engine } from "../docker";
import { daemonMounts, dataRoot, hasOwnDaemon, startDaemon } from "../docker/daemon";
import { hasProgram } from "../docker/install";
import { labDir } from "../paths";
import { step } from "../progress";
import { run } from "../run";
import { bridge, labLabel, registryUpload } from "./addresses";
import { bridgeExists } from "./leftovers";

export { leftovers } from "./leftovers";

/**
 * Takes the whole lab off this machine: hosts, registry, network, volumes, the engine when it is the lab's own, and
 * the lab's folder. Also what a lab that broke left behind; nothing to do is fine.
 * @param keepImages keeps the engine's images for the next lab
 */
export async function removeLab({ keepImages }: { keepImages: boolean }): Promise<void> {
  const engine = await engineToClean();
  if (engine) await step("Lab: remove hosts and network", () => removeObjects(engine, keepImages));
  await stopDocker({ keepImages });
  if (bridgeExists() && hasProgram("ip")) await run("ip", ["link", "delete", bridge]);
  await removeFolder(keepImages);
}

/** An engine of the lab's own that died is started once more: it knows best what its containers left behind. */
async function engineToClean(): Promise<Engine | undefined> {
  if (hasOwnDaemon()) await startDaemon().catch(() => undefined);
  return findDocker();
}

async function removeObjects({ client, own }: Engine, keepImages: boolean): Promise<void> {
  const ours = { filters: { label: [labLabel] } };
  const containers = await client.listContainers({ all: true, ...ours });
  await Promise.all(containers.map(({ Id }) => client.getContainer(Id).remove({ force: true, v: true })));
  for (const { Id } of await client.listNetworks(ours)) await client.getNetwork(Id).remove();
  const { Volumes } = await client.listVolumes(ours);
  for (const { Name } of Volumes ?? []) await client.getVolume(Name).remove();
  if (keepImages || own) return; // the lab's own engine goes with all it has
  for (const { RepoTags } of await client.listImages()) {
    for (const tag of RepoTags ?? []) {
      if (tag.startsWith("farmstack-lab/") || tag.startsWith(`${registryUpload}/`))
        await client.getImage(tag).remove();
    }
  }
}

/** Refuses while something is mounted in there: removing would reach into what is mounted. */
async function removeFolder(keepImages: boolean): Promise<void> {
  const mounted = daemonMounts()[0];
  if (mounted)
    throw new Error(`${mounted} is still mounted: umount --lazy ${mounted}, then npm run lab:down`);
  for (const name of await readdir(labDir).catch(() => [])) {
    const path = join(labDir, name);
    if (keepImages && path === dataRoot) continue;
    await rm(path, { recursive: true, force: true });
  }
  if (!keepImages) await rm(labDir, { recursive: true, force: true });
}
