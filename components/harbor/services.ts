/** How Harbor's parts are called in their network, and what answers there. */
export const urls = {
  core: "http://core:8080",
  portal: "http://portal:8080",
  jobservice: "http://jobservice:8080",
  registry: "http://registry:5000",
  registryctl: "http://registryctl:8080",
  scanner: "http://trivy-adapter:8080",
} as const;

/** Port at which core, the job service and the registry tell their numbers, when an exporter is asked for. */
export const metricsPort = 9090;
export const metricsPath = "/metrics";

/** User by which core and the job service talk to the registry behind it. */
export const registryUser = "harbor_registry_user";

/** User and group of most images; and of the database and the cache. */
export const harborUser = 10_000;
export const storeUser = 999;
