export { CephCluster, type CephClusterArgs } from "./cluster";
export { type CephSettings } from "./ceph-conf";
export { type KeyType } from "./cephx-key";
