export { CephCluster, type CephClusterArgs } from "./cluster";
export { type CephSettings } from "./ceph-conf";
export { type KeyType } from "./cephx-key";
export { type OsdArgs } from "./osds";
export { type OsdStore } from "./osd-store";
