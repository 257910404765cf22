import { csiGroup } from "../ceph/clients";

/**
 * `config.json` of ceph-csi: where the Ceph cluster is that the classes name by its fsid. The first protocol of the
 * monitors, since the kernel's clients speak it without further options.
 * https://github.com/ceph/ceph-csi/blob/devel/deploy/csi-config-map-sample.yaml
 */
export function clusterConfig(fsid: string, monitors: string[]): string {
  const addresses = monitors.map((address) => `${address.includes(":") ? `[${address}]` : address}:6789`);
  return JSON.stringify([{ clusterID: fsid, monitors: addresses, cephFS: { subvolumeGroup: csiGroup } }]);
}

/** The key in a keyring of one client. Throws when there is none, without showing what is there. */
export function keyIn(keyring: string): string {
  const key = /^\s*key = (\S+)$/m.exec(keyring)?.[1];
  if (!key) throw new Error("the keyring of the client of Kubernetes has no key");
  return key;
}
