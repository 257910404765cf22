import { type Engine } from "../docker";
import { ensureImages } from "../images";
import { type Image } from "../images/recipe";
import { step } from "../progress";
import { labKeyFile, type LabHost } from "../stack-file";
import { labHosts } from "./addresses";
import { ensureHost } from "./host";
import { ensureKey, hostKeyFile } from "./keys";
import { ensureNetwork } from "./network";
import { waitForHost } from "./ready";
import { ensureRegistry, publish } from "./registry";
import { type RegistryFiles } from "./registry-access";

export { labHosts, registryAddress } from "./addresses";
export { assertLabRoute } from "./route";
export { upstreamRegistries } from "./upstream";

/**
 * Brings up what is missing of the lab's machines: images, network, the registry with the stack's images, three hosts.
 * What is there stays as it is; a host that stopped is started.
 */
export async function ensureHosts(engine: Engine): Promise<{ hosts: LabHost[]; registry: RegistryFiles }> {
  const images = await ensureImages(engine);
  await ensureKey(labKeyFile);
  await ensureNetwork(engine);
  const [hosts, registry] = await Promise.all([
    step("Hosts: boot", (note) => Promise.all(labHosts.map((host) => up(engine, host, images.host, note)))),
    ensureRegistry(engine, images.registry).then(async (files) => {
      await publish(engine, "ceph");
      return files;
    }),
  ]);
  return { hosts, registry };
}

async function up(
  engine: Engine,
  host: { name: string; address: string },
  image: Image,
  note: (text: string) => void,
): Promise<LabHost> {
  const hostKey = await ensureKey(hostKeyFile(host.name));
  const container = await ensureHost(engine, host, image);
  await waitForHost(host, container, note);
  return { ...host, hostKey };
}
