import { stringify } from "yaml";
import { type Environment } from "../environment";
import { metricsPath, metricsPort, registryUser, urls } from "../services";
import { type Cache, cacheUrl } from "../stores";

export interface JobserviceSettings {
  cache: Cache;
  /** Jobs at a time. */
  workers: number;
  metrics: boolean;
}

/** config.yml of the job service. A secret, if the cache has a password. */
export const renderJobserviceConfig = ({ cache, workers, metrics }: JobserviceSettings): string =>
  stringify({
    protocol: "http",
    port: 8080,
    worker_pool: {
      workers,
      backend: "redis",
      redis_pool: {
        redis_url: cacheUrl(cache, "jobservice"),
        namespace: "harbor_job_service_namespace",
        idle_timeout_second: 3600,
      },
    },
    job_loggers: [
      { name: "STD_OUTPUT", level: "INFO" },
      {
        name: "FILE", // what the page shows of a job
        level: "INFO",
        settings: { base_dir: "/var/log/jobs" },
        sweeper: { duration: 7, settings: { work_dir: "/var/log/jobs" } }, // days
      },
    ],
    loggers: [{ name: "STD_OUTPUT", level: "INFO" }],
    ...(metrics ? { metric: { enabled: true, path: metricsPath, port: metricsPort } } : {}),
    reaper: { max_update_hours: 24, max_dangling_hours: 168 },
    max_retrieve_size_mb: 10,
  });

/** Variables of the job service. */
export const jobserviceEnvironment = (
  secrets: { core: string; jobservice: string; registryPassword: string },
  metrics: boolean,
): Environment => ({
  plain: {
    CORE_URL: urls.core,
    REGISTRY_URL: urls.registry,
    REGISTRY_CONTROLLER_URL: urls.registryctl,
    REGISTRY_CREDENTIAL_USERNAME: registryUser,
    JOBSERVICE_WEBHOOK_JOB_MAX_RETRY: "3",
    JOBSERVICE_WEBHOOK_JOB_HTTP_CLIENT_TIMEOUT: "3",
    LOG_LEVEL: "info",
    ...(metrics ? { METRIC_NAMESPACE: "harbor", METRIC_SUBSYSTEM: "jobservice" } : {}),
  },
  secret: {
    CORE_SECRET: secrets.core,
    JOBSERVICE_SECRET: secrets.jobservice,
    REGISTRY_CREDENTIAL_PASSWORD: secrets.registryPassword,
  },
});
