// What programs in other languages can use: Pulumi takes every component that is exported here, and makes a schema of its
// args. docs/package.md says why the others are not among them.
export { CephOnHosts } from "./ceph-on-hosts";
export { Linkerd } from "farmstack-components";
