import { type Environment } from "../environment";
import { type Cache, cacheUrl, type Database } from "../stores";
import { databasePool } from "./core";

/** Variables of the exporter, which counts projects, quotas, jobs and what is healthy. */
export const exporterEnvironment = (database: Database, cache: Cache): Environment => ({
  plain: {
    LOG_LEVEL: "info",
    HARBOR_EXPORTER_PORT: "8080",
    HARBOR_EXPORTER_METRICS_PATH: "/metrics",
    HARBOR_EXPORTER_METRICS_ENABLED: "true",
    HARBOR_EXPORTER_MAX_REQUESTS: "30",
    HARBOR_EXPORTER_CACHE_TIME: "23",
    HARBOR_EXPORTER_CACHE_CLEAN_INTERVAL: "14400",
    HARBOR_METRIC_NAMESPACE: "harbor",
    HARBOR_METRIC_SUBSYSTEM: "exporter",
    HARBOR_SERVICE_HOST: "core",
    HARBOR_SERVICE_PORT: "8080",
    HARBOR_SERVICE_SCHEME: "http",
    HARBOR_REDIS_NAMESPACE: "harbor_job_service_namespace",
    HARBOR_REDIS_TIMEOUT: "3600",
    HARBOR_DATABASE_HOST: database.host,
    HARBOR_DATABASE_PORT: String(database.port),
    HARBOR_DATABASE_USERNAME: database.user,
    HARBOR_DATABASE_DBNAME: database.name,
    HARBOR_DATABASE_SSLMODE: database.sslMode,
    ...databasePool("HARBOR_DATABASE"),
  },
  secret: { HARBOR_REDIS_URL: cacheUrl(cache, "jobservice"), HARBOR_DATABASE_PASSWORD: database.password },
});
