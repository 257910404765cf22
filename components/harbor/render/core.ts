import { type Environment } from "../environment";
import { metricsPath, metricsPort, registryUser, urls } from "../services";
import { type Cache, cacheUrl, type Database } from "../stores";
import { type Release } from "../versions";

/** app.conf of core. */
export const renderAppConf = (): string => `appname = Harbor
runmode = prod
enablegzip = true

[prod]
httpport = 8080
`;

export interface CoreSettings {
  release: Release;
  /** URL that clients use, without a slash at the end. */
  url: string;
  database: Database;
  cache: Cache;
  storage: "filesystem" | "s3";
  scanner: boolean;
  metrics: boolean;
  jobWorkers: number;
  secrets: CoreSecrets;
}

/** All of them are secret. */
export interface CoreSecrets {
  core: string;
  jobservice: string;
  registryPassword: string;
  adminPassword: string;
  /** 32 characters. */
  csrf: string;
  reload: string;
  scannerRobotPrefix: string;
}

/** Kinds of registries that a project may be a cache of, and that images may be replicated with: all that there are. */
const proxyCacheTypes =
  "docker-hub,harbor,azure-acr,ali-acr,aws-ecr,google-gcr,docker-registry,github-ghcr,jfrog-artifactory";
const replicationTypes =
  "ali-acr,aws-ecr,azure-acr,docker-hub,docker-registry,github-ghcr,google-gcr,harbor,huawei-SWR,jfrog-artifactory,tencent-tcr,volcengine-cr";

/** Variables of core. */
export function coreEnvironment(settings: CoreSettings): Environment {
  const { release, url, database, cache, storage, scanner, metrics, jobWorkers, secrets } = settings;
  return {
    plain: {
      CONFIG_PATH: "/etc/core/app.conf",
      UAA_CA_ROOT: "/etc/core/certificates/uaa_ca.pem",
      LOG_LEVEL: "info",
      EXT_ENDPOINT: url,
      DATABASE_TYPE: "postgresql",
      POSTGRESQL_HOST: database.host,
      POSTGRESQL_PORT: String(database.port),
      POSTGRESQL_USERNAME: database.user,
      POSTGRESQL_DATABASE: database.name,
      POSTGRESQL_SSLMODE: database.sslMode,
      ...databasePool("POSTGRESQL"),
      REGISTRY_URL: urls.registry,
      PORTAL_URL: urls.portal,
      TOKEN_SERVICE_URL: `${urls.core}/service/token`,
      MAX_JOB_WORKERS: String(jobWorkers),
      WITH_TRIVY: scanner ? "True" : "False",
      CORE_URL: urls.core,
      CORE_LOCAL_URL: "http://127.0.0.1:8080",
      JOBSERVICE_URL: urls.jobservice,
      TRIVY_ADAPTER_URL: urls.scanner,
      REGISTRY_STORAGE_PROVIDER_NAME: storage,
      READ_ONLY: "false",
      REGISTRY_CONTROLLER_URL: urls.registryctl,
      REGISTRY_CREDENTIAL_USERNAME: registryUser,
      PERMITTED_REGISTRY_TYPES_FOR_PROXY_CACHE: proxyCacheTypes,
      REPLICATION_ADAPTER_WHITELIST: replicationTypes,
      PORT: "8080",
      ...(release.syncsQuota ? { SYNC_QUOTA: "true" } : {}),
      ...(metrics
        ? {
            METRIC_ENABLE: "true",
            METRIC_PATH: metricsPath,
            METRIC_PORT: String(metricsPort),
            METRIC_NAMESPACE: "harbor",
            METRIC_SUBSYSTEM: "core",
          }
        : {}),
    },
    secret: {
      _REDIS_URL_CORE: cacheUrl(cache, "core"),
      _REDIS_URL_REG: cacheUrl(cache, "registry"),
      POSTGRESQL_PASSWORD: database.password,
      HARBOR_ADMIN_PASSWORD: secrets.adminPassword,
      CORE_SECRET: secrets.core,
      JOBSERVICE_SECRET: secrets.jobservice,
      RELOAD_KEY: secrets.reload,
      REGISTRY_CREDENTIAL_PASSWORD: secrets.registryPassword,
      CSRF_KEY: secrets.csrf,
      ROBOT_SCANNER_NAME_PREFIX: secrets.scannerRobotPrefix,
    },
  };
}

/** Connections that a part keeps to the database; 900 is within what Harbor's own server takes. */
export const databasePool = (prefix: string): Record<string, string> => ({
  [`${prefix}_MAX_IDLE_CONNS`]: "100",
  [`${prefix}_MAX_OPEN_CONNS`]: "900",
  [`${prefix}_CONN_MAX_LIFETIME`]: "5m",
  [`${prefix}_CONN_MAX_IDLE_TIME`]: "0",
});
