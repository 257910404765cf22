import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { renderEnvironmentFile, withEnvironmentFile } from "../../../components/harbor/environment";
import { coreEnvironment, renderAppConf } from "../../../components/harbor/render/core";
import { exporterEnvironment } from "../../../components/harbor/render/exporter";
import { jobserviceEnvironment, renderJobserviceConfig } from "../../../components/harbor/render/jobservice";
import {
  registryctlEnvironment,
  renderHtpasswd,
  renderRegistryConfig,
  renderRegistryctlConfig,
  type Storage,
} from "../../../components/harbor/render/registry";
import { scannerEnvironment } from "../../../components/harbor/render/scanner";
import { cacheUrl } from "../../../components/harbor/stores";
import { releaseOf, versionProblem } from "../../../components/harbor/versions";
import { type Environment } from "../../../components/harbor/environment";
import { shell } from "./shell";

// The keys are those of the templates of Harbor v2.14.4 and v2.15.2 (make/photon/prepare/templates), without its own TLS
// between parts, tracing, a proxy to the outside and core's cache, none of which the stack sets.

const { run } = shell();
const database = {
  host: "postgresql",
  port: 5432,
  name: "registry",
  user: "postgres",
  password: "db's $ecret",
  sslMode: "disable",
};
const cache = { address: "redis:6379", tls: false };
const secrets = {
  core: "CORE",
  jobservice: "JOBS",
  registryPassword: "REGISTRY",
  adminPassword: "ADMIN",
  csrf: "CSRF",
  reload: "RELOAD",
  scannerRobotPrefix: "ROBOT",
};
const words = (text: string) => text.trim().split(/\s+/).sort();
const keys = ({ plain, secret }: Environment) => Object.keys({ ...plain, ...secret }).sort();
/** Paths of all the keys in a tree. */
const paths = (value: unknown, at = ""): string[] =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, below]) => paths(below, at ? `${at}.${key}` : key))
    : [at];

const core = (version: string, metrics = false) =>
  coreEnvironment({
    release: releaseOf(version),
    url: "https://registry.example.com",
    database,
    cache,
    storage: "filesystem",
    scanner: true,
    metrics,
    jobWorkers: 10,
    secrets,
  });

const coreKeys = words(`
  CONFIG_PATH UAA_CA_ROOT _REDIS_URL_CORE _REDIS_URL_REG LOG_LEVEL EXT_ENDPOINT DATABASE_TYPE POSTGRESQL_HOST POSTGRESQL_PORT
  POSTGRESQL_USERNAME POSTGRESQL_PASSWORD POSTGRESQL_DATABASE POSTGRESQL_SSLMODE POSTGRESQL_MAX_IDLE_CONNS
  POSTGRESQL_MAX_OPEN_CONNS POSTGRESQL_CONN_MAX_LIFETIME POSTGRESQL_CONN_MAX_IDLE_TIME REGISTRY_URL PORTAL_URL
  TOKEN_SERVICE_URL HARBOR_ADMIN_PASSWORD MAX_JOB_WORKERS CORE_SECRET JOBSERVICE_SECRET WITH_TRIVY CORE_URL CORE_LOCAL_URL
  JOBSERVICE_URL TRIVY_ADAPTER_URL REGISTRY_STORAGE_PROVIDER_NAME READ_ONLY RELOAD_KEY REGISTRY_CONTROLLER_URL
  REGISTRY_CREDENTIAL_USERNAME REGISTRY_CREDENTIAL_PASSWORD CSRF_KEY ROBOT_SCANNER_NAME_PREFIX
  PERMITTED_REGISTRY_TYPES_FOR_PROXY_CACHE REPLICATION_ADAPTER_WHITELIST PORT`);

describe("versions of Harbor", () => {
  it.each([
    ["2.14.4", undefined],
    ["2.15.4", undefined],
    ["2.15.3", /2\.15\.3 is a bad release/],
    ["2.15.1", /before the change of database and cache/],
    ["2.13.5", /expected 2\.14\.x or 2\.15\.4/],
    ["latest", /expected/],
  ])("%s", (version, problem) => {
    if (problem) expect(versionProblem(version)).toMatch(problem);
    else expect(versionProblem(version)).toBeUndefined();
  });

  it("bring another cache and another database", () => {
    expect(releaseOf("2.14.4")).toMatchObject({
      cache: { program: "redis-server" },
      postgresql: ["14", "15"],
    });
    expect(releaseOf("2.15.4")).toMatchObject({
      cache: { program: "valkey-server" },
      postgresql: ["15", "18"],
    });
    expect(() => releaseOf("2.15.3")).toThrow("Harbor: 2.15.3 is a bad release");
  });
});

describe("variables", () => {
  it("of core are those of the templates", () => {
    expect(keys(core("2.15.4"))).toEqual(coreKeys);
    expect(keys(core("2.14.4"))).toEqual([...coreKeys, "SYNC_QUOTA"].sort());
    expect(keys(core("2.15.4", true))).toEqual(
      [
        ...coreKeys,
        ...words("METRIC_ENABLE METRIC_PATH METRIC_PORT METRIC_NAMESPACE METRIC_SUBSYSTEM"),
      ].sort(),
    );
  });

  it("of the job service, the registry controller, the scanner and the exporter too", () => {
    expect(keys(jobserviceEnvironment(secrets, false))).toEqual(
      words(`CORE_SECRET REGISTRY_URL JOBSERVICE_SECRET CORE_URL REGISTRY_CONTROLLER_URL JOBSERVICE_WEBHOOK_JOB_MAX_RETRY
        JOBSERVICE_WEBHOOK_JOB_HTTP_CLIENT_TIMEOUT LOG_LEVEL REGISTRY_CREDENTIAL_USERNAME REGISTRY_CREDENTIAL_PASSWORD`),
    );
    expect(keys(registryctlEnvironment(secrets))).toEqual(["CORE_SECRET", "JOBSERVICE_SECRET"]);
    const scanner = (version: string) =>
      keys(
        scannerEnvironment(
          { skipUpdate: false, offline: false, ignoreUnfixed: false },
          cache,
          releaseOf(version),
        ),
      );
    const scannerKeys =
      words(`SCANNER_LOG_LEVEL SCANNER_REDIS_URL SCANNER_STORE_REDIS_URL SCANNER_STORE_REDIS_NAMESPACE
      SCANNER_JOB_QUEUE_REDIS_URL SCANNER_JOB_QUEUE_REDIS_NAMESPACE SCANNER_TRIVY_CACHE_DIR SCANNER_TRIVY_REPORTS_DIR
      SCANNER_TRIVY_VULN_TYPE SCANNER_TRIVY_SEVERITY SCANNER_TRIVY_IGNORE_UNFIXED SCANNER_TRIVY_SKIP_UPDATE
      SCANNER_TRIVY_SKIP_JAVA_DB_UPDATE SCANNER_TRIVY_OFFLINE_SCAN SCANNER_TRIVY_SECURITY_CHECKS SCANNER_TRIVY_INSECURE
      SCANNER_TRIVY_TIMEOUT`); // without SCANNER_TRIVY_GITHUB_TOKEN: its databases are no longer there
    expect(scanner("2.14.4")).toEqual(scannerKeys);
    expect(scanner("2.15.4")).toEqual(
      [...scannerKeys, "SCANNER_TRIVY_DB_REPOSITORY", "SCANNER_TRIVY_JAVA_DB_REPOSITORY"].sort(),
    );
    expect(keys(exporterEnvironment(database, cache))).toEqual(
      words(`LOG_LEVEL HARBOR_EXPORTER_PORT HARBOR_EXPORTER_METRICS_PATH HARBOR_EXPORTER_METRICS_ENABLED
        HARBOR_EXPORTER_MAX_REQUESTS HARBOR_EXPORTER_CACHE_TIME HARBOR_EXPORTER_CACHE_CLEAN_INTERVAL HARBOR_METRIC_NAMESPACE
        HARBOR_METRIC_SUBSYSTEM HARBOR_SERVICE_HOST HARBOR_REDIS_URL HARBOR_REDIS_NAMESPACE HARBOR_REDIS_TIMEOUT
        HARBOR_SERVICE_PORT HARBOR_SERVICE_SCHEME HARBOR_DATABASE_HOST HARBOR_DATABASE_PORT HARBOR_DATABASE_USERNAME
        HARBOR_DATABASE_PASSWORD HARBOR_DATABASE_DBNAME HARBOR_DATABASE_SSLMODE HARBOR_DATABASE_MAX_IDLE_CONNS
        HARBOR_DATABASE_MAX_OPEN_CONNS HARBOR_DATABASE_CONN_MAX_LIFETIME HARBOR_DATABASE_CONN_MAX_IDLE_TIME`),
    );
  });

  it("are in the container's own environment only where they are no secret", () => {
    const { plain } = core("2.15.4", true);
    expect(JSON.stringify(plain)).not.toMatch(/CORE"|JOBS"|REGISTRY"|ADMIN|CSRF|RELOAD|ROBOT|ecret/);
  });

  it("that are secret reach the program whatever is in them, and nothing else does", () => {
    const value = 'it\'s $HOME `id` "x" \\ #';
    const command = withEnvironmentFile("/usr/bin/env", "A=1");
    const file = renderEnvironmentFile({ SECRET: value });
    const folder = run("mktemp", ["-d"]).stdout.trim();
    run("sh", ["-c", `cat >${folder}/env`], file);
    const [program = "", ...args] = command.map((word) =>
      word.replace("/etc/farmstack/environment", `${folder}/env`),
    );
    const { stdout } = run(program, args);
    expect(stdout).toContain(`SECRET=${value}\n`);
    expect(stdout).toContain("A=1\n");
    run("rm", ["-r", folder]);
  });
});

describe("files", () => {
  const registry = (version: string, storage: Storage, metrics = false) =>
    parse(
      renderRegistryConfig({ release: releaseOf(version), storage, cache, httpSecret: "HTTP", metrics }),
    ) as Record<string, Record<string, unknown>>;

  it("app.conf", () => {
    expect(renderAppConf()).toBe(
      "appname = Harbor\nrunmode = prod\nenablegzip = true\n\n[prod]\nhttpport = 8080\n",
    );
  });

  it("of the registry have the templates' keys", () => {
    const common =
      words(`version log.level log.fields.service storage.cache.layerinfo storage.filesystem.rootdirectory
      storage.maintenance.uploadpurging.enabled storage.maintenance.uploadpurging.age
      storage.maintenance.uploadpurging.interval storage.maintenance.uploadpurging.dryrun storage.delete.enabled redis.addr
      redis.readtimeout redis.writetimeout redis.dialtimeout redis.password redis.db redis.enableTLS redis.pool.maxidle
      redis.pool.maxactive redis.pool.idletimeout http.addr http.secret http.debug.addr auth.htpasswd.realm auth.htpasswd.path
      validation.disabled compatibility.schema1.enabled`);
    expect(paths(registry("2.14.4", { kind: "filesystem" })).sort()).toEqual(common);
    expect(paths(registry("2.15.4", { kind: "filesystem" })).sort()).toEqual(
      [...common, "redis.username"].sort(),
    );
    expect(registry("2.15.4", { kind: "filesystem" }, true).http?.debug).toEqual({
      addr: ":9090",
      prometheus: { enabled: true, path: "/metrics" },
    });
  });

  it("name a bucket, and send no client to it", () => {
    const s3: Storage = {
      kind: "s3",
      bucket: "images",
      region: "us-east-1",
      endpoint: "http://192.0.2.30:9000",
      accessKey: "A",
      secretKey: "S",
    };
    expect(registry("2.15.4", s3).storage).toMatchObject({
      s3: { bucket: "images", regionendpoint: "http://192.0.2.30:9000", forcepathstyle: true, secure: false },
      redirect: { disable: true },
    });
  });

  it("of the registry's user, of its controller and of the job service", () => {
    expect(renderHtpasswd("$2a$10$abc")).toBe("harbor_registry_user:$2a$10$abc\n");
    expect(parse(renderRegistryctlConfig())).toEqual({
      protocol: "http",
      port: 8080,
      log_level: "info",
      registry_config: "/etc/registry/config.yml",
    });
    const config = parse(renderJobserviceConfig({ cache, workers: 7, metrics: true })) as object;
    expect(Object.keys(config).sort()).toEqual(
      words("protocol port worker_pool job_loggers loggers metric reaper max_retrieve_size_mb"),
    );
    expect(config).toMatchObject({
      worker_pool: { workers: 7, redis_pool: { redis_url: "redis://redis:6379/2?idle_timeout_seconds=30" } },
    });
  });

  it("name the cache by its database, with whatever is in its password", () => {
    expect(cacheUrl(cache, "core")).toBe("redis://redis:6379?idle_timeout_seconds=30");
    expect(cacheUrl({ address: "192.0.2.9:6380", tls: true, password: "a@b/c" }, "scanner")).toBe(
      "rediss://:a%40b%2Fc@192.0.2.9:6380/5?idle_timeout_seconds=30",
    );
  });
});
