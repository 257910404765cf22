// What the package `farmstack-components` exports: every component with its args, and what these are made of.
// docs/package.md says how to use it from another project.

// The machines, and what runs on them
export {
  type EngineArgs,
  Host,
  type HostArgs,
  type HostScript,
  type SshArgs,
  type SystemArgs,
} from "./hosts";
export {
  Container,
  type ContainerArgs,
  type ContainerFile,
  type ContainerVolume,
  type RemovalHooks,
} from "./container";

// Images
export {
  applicationImage,
  catalog,
  type CatalogImage,
  imageReference,
  type ImageName,
  type ImageSources,
  type RegistryAccess,
} from "./images";

// Storage
export {
  CephCluster,
  type CephClusterArgs,
  type CephSettings,
  type ClientArgs,
  type KeyType,
  type ManagerModule,
  type MountArgs,
  type OsdArgs,
  type OsdStore,
  type PoolArgs,
} from "./ceph";

// Kubernetes: a cluster, or one that is there, and the provider for what is in it
export {
  existingCluster,
  type KubernetesAccess,
  KubernetesCluster,
  type KubernetesClusterArgs,
  kubernetesProvider,
  type ProgramSource,
  type SnapshotArgs,
} from "./kubernetes";
export { KubernetesMetrics, type KubernetesMetricsArgs } from "./kubernetes-metrics";
export {
  type ClaimedVolume,
  type ClassName,
  type CsiArgs,
  type HostMountArgs,
  KubernetesStorage,
  type KubernetesStorageArgs,
  type Owner,
  type VolumeArgs,
} from "./kubernetes-storage";
export { Linkerd, type LinkerdArgs } from "./linkerd";

// What runs in Kubernetes
export {
  type ContainerDefaults,
  createPullSecret,
  type Environment,
  type NamespaceQuota,
  type NetworkPolicySpec,
  PlatformNamespace,
  type PlatformNamespaceArgs,
} from "./namespace";
export {
  type BackupArgs,
  type ClaimStorage,
  type EngineName,
  type GivenVolume,
  MongoDatabase,
  type MongoDatabaseArgs,
  type WantedVolume,
} from "./mongodb";
export {
  type Canary,
  type ConfigMapKey,
  createGateway,
  type DatabaseUse,
  type Destination,
  type Entry,
  type GatewayArgs,
  type MeshArgs,
  type Probes,
  type Resources,
  type SecretKey,
  type Source,
  type WaterLines,
  WebApp,
  type WebAppArgs,
} from "./web-app";

// The registry, and what is in it
export {
  type GivenCertificate,
  type HarborConnection,
  HarborRegistry,
  type HarborRegistryArgs,
  type ScannerSettings,
} from "./harbor";
export { HarborContents, type HarborContentsArgs } from "./harbor-contents";

// Logs
export { type DataStreams, LoggingNode, type LoggingNodeArgs, type LoggingOutputs } from "./logging";
export {
  type ElasticsearchOutput,
  HostLogShipper,
  type HostLogShipperArgs,
  KubernetesLogShipper,
  type KubernetesLogShipperArgs,
  type LogstashOutput,
  type ShipperOutput,
} from "./log-shipper";
