import { stringify } from "yaml";
import { type Environment } from "../environment";
import { metricsPath, metricsPort, registryUser } from "../services";
import { type Cache, cacheDatabases } from "../stores";
import { type Release } from "../versions";

/** Where the registry keeps layers: a directory of the host, or a bucket. */
export type Storage = { kind: "filesystem" } | ({ kind: "s3" } & S3);

/** A bucket, and who may use it. */
export interface S3 {
  /** Name of the bucket; it has to be there. */
  bucket: string;
  /** Region of the bucket, such as `eu-central-1`. */
  region: string;
  /** URL of a store that is not Amazon's: MinIO, Ceph's gateway. @default Amazon's */
  endpoint?: string;
  /** Beginning of the names of objects. @default none */
  prefix?: string;
  /** Who it is to the store. */
  accessKey: string;
  /** A secret. */
  secretKey: string;
}

export interface RegistrySettings {
  release: Release;
  storage: Storage;
  cache: Cache;
  /** By which the registry signs the state of uploads. A secret. */
  httpSecret: string;
  metrics: boolean;
}

/** config.yml of the registry; the registry controller reads it too. A secret. */
export const renderRegistryConfig = ({
  release,
  storage,
  cache,
  httpSecret,
  metrics,
}: RegistrySettings): string =>
  stringify({
    version: 0.1,
    log: { level: "info", fields: { service: "registry" } },
    storage: {
      cache: { layerinfo: "redis" },
      ...storageSection(storage),
      maintenance: { uploadpurging: { enabled: true, age: "168h", interval: "24h", dryrun: false } },
      delete: { enabled: true },
      // Clients know this name alone, and need no way to the bucket.
      ...(storage.kind === "s3" ? { redirect: { disable: true } } : {}),
    },
    redis: {
      addr: cache.address,
      readtimeout: "10s",
      writetimeout: "10s",
      dialtimeout: "10s",
      password: cache.password ?? "",
      ...(release.cacheUser ? { username: cache.user ?? "" } : {}),
      db: cacheDatabases.registry,
      enableTLS: cache.tls,
      pool: { maxidle: 100, maxactive: 500, idletimeout: "60s" },
    },
    http: {
      addr: ":5000",
      secret: httpSecret,
      debug: metrics
        ? { addr: `:${metricsPort}`, prometheus: { enabled: true, path: metricsPath } }
        : { addr: "localhost:5001" },
    },
    auth: { htpasswd: { realm: "harbor-registry-basic-realm", path: "/etc/registry/passwd" } },
    validation: { disabled: true },
    compatibility: { schema1: { enabled: true } },
  });

function storageSection(storage: Storage): object {
  if (storage.kind === "filesystem") return { filesystem: { rootdirectory: "/storage" } };
  const { bucket, region, endpoint, prefix, accessKey, secretKey } = storage;
  return {
    s3: {
      accesskey: accessKey,
      secretkey: secretKey,
      region,
      bucket,
      ...(prefix ? { rootdirectory: prefix } : {}),
      // Stores of one's own have no names of buckets in the DNS.
      ...(endpoint ? { regionendpoint: endpoint, forcepathstyle: true, v4auth: true } : {}),
      ...(endpoint?.startsWith("http:") ? { secure: false } : {}),
    },
  };
}

/** The registry's users: one. */
export const renderHtpasswd = (bcryptHash: string): string => `${registryUser}:${bcryptHash}\n`;

/** config.yml of the registry controller, which deletes layers that nothing needs. */
export const renderRegistryctlConfig = (): string =>
  stringify({
    protocol: "http",
    port: 8080,
    log_level: "info",
    registry_config: "/etc/registry/config.yml",
  });

/** Variables of the registry controller. */
export const registryctlEnvironment = (secrets: { core: string; jobservice: string }): Environment => ({
  plain: {},
  secret: { CORE_SECRET: secrets.core, JOBSERVICE_SECRET: secrets.jobservice },
});
