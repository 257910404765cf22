import { registryAddress } from "../../lab/hosts";
import { digestOf } from "../../lab/hosts/registry";
import { readRegistryAccess } from "../../lab/hosts/registry-access";
import { labImages } from "../../lab/images";
import { labKeyFile, type LabHost, readLabHosts } from "../../lab/stack-file";
import { type Place } from "./case";

/** The host of the lab on which the cases run, and their image. Throws where there is no lab. */
export async function labPlace(): Promise<{ host: LabHost; place: Place }> {
  const [host] = await readLabHosts();
  const { version, tag } = labImages().ceph;
  const digest = await digestOf("lab/ceph", version);
  if (!host || !digest) throw new Error("there is no lab on this machine: run npm run lab first");
  const { username, password } = await readRegistryAccess();
  const image = `${registryAddress}/lab/ceph`;
  return {
    host,
    place: {
      address: host.address,
      hostKey: host.hostKey,
      privateKeyFile: labKeyFile,
      registry: { address: registryAddress, username, password },
      image: {
        tag: `${image}:${version}`,
        digest: `${image}@${digest}`,
        otherTag: `${image}:${tag.split(":")[1]}`,
      },
    },
  };
}
