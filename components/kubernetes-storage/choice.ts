import { type Provider } from "@pulumi/kubernetes/provider";
import type * as pulumi from "@pulumi/pulumi";
import { type CephCluster } from "../ceph";
import { type Host } from "../hosts";
import { type ImageSources } from "../images";
import { type ClassName } from "./classes";
import { KubernetesStorage } from "./storage";

/** Where volumes come from, as a stack's settings say it. */
export interface StorageChoice {
  kind: "csi" | "host-mount";
  /** Needed for `host-mount`. */
  mount?: string;
  /** Needed for `csi`. */
  filesystem?: string;
  pool?: string;
  /** Client of Ceph, for `csi`. @default kubernetes */
  client?: string;
  default?: ClassName;
}

/** What of Ceph there is to choose from. */
export interface CephOffer {
  cluster: CephCluster;
  monitors: Host[];
  mounts: { path: string; hosts: Host[] }[];
}

/** The storage that the stack's settings ask for. Throws when Ceph does not have what they name. */
export function kubernetesStorageOf(
  name: string,
  { kind, mount, filesystem, pool, client = "kubernetes", default: defaultClass }: StorageChoice,
  { cluster, monitors, mounts }: CephOffer,
  common: { images: ImageSources; protect: boolean },
  opts: pulumi.ComponentResourceOptions & { provider: Provider },
): KubernetesStorage {
  if (kind === "host-mount") {
    const host = mounts.find(({ path }) => path === mount)?.hosts[0];
    if (!mount || !host) throw new Error(`${name}: ${mount ?? "no path"} is not a mount of Ceph`);
    return new KubernetesStorage(name, { kind, mount, host, protect: common.protect }, opts);
  }
  const keyring = cluster.clientKeyrings[client];
  if (!filesystem || !keyring)
    throw new Error(`${name}: ceph-csi needs a file system and the client ${client} of Ceph`);
  return new KubernetesStorage(
    name,
    {
      ...common,
      kind,
      fsid: cluster.fsid,
      monitors: monitors.map(({ address }) => address),
      cephConf: cluster.cephConf,
      client: { name: client, keyring },
      filesystem,
      pool,
      default: defaultClass,
    },
    opts,
  );
}
