export { CephCluster, type CephClusterArgs } from "./cluster";
export { type CephSettings } from "./ceph-conf";
export { type KeyType } from "./cephx-key";
export { type OsdArgs } from "./osds";
export { type OsdStore } from "./osd-store";
export { type ClientArgs } from "./clients";
export { type ManagerModule } from "./manager-modules";
export { type MountArgs } from "./mount";
export { type PoolArgs } from "./pools";
