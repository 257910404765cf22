import type * as pulumi from "@pulumi/pulumi";
import { type ContainerArgs, type ContainerFile } from "../container";
import { type Environment, environmentFile, renderEnvironmentFile, withEnvironmentFile } from "./environment";
import { coreEnvironment, type CoreSecrets, renderAppConf } from "./render/core";
import { exporterEnvironment } from "./render/exporter";
import { jobserviceEnvironment, renderJobserviceConfig } from "./render/jobservice";
import { renderPortalConf, renderProxyConf } from "./render/nginx";
import {
  registryctlEnvironment,
  renderHtpasswd,
  renderRegistryConfig,
  renderRegistryctlConfig,
  type Storage,
} from "./render/registry";
import { type PartName } from "./part-names";
import { scannerEnvironment, type ScannerSettings } from "./render/scanner";
import { harborUser, metricsPort, storeUser } from "./services";
import { type Cache, type Database } from "./stores";
import { imagesOf, type Release } from "./versions";

/** Most memory of each part, MiB. */
export const defaultMemoryMiB: Record<PartName, number> = {
  database: 1024,
  redis: 512,
  registry: 1024,
  registryctl: 256,
  core: 1024,
  portal: 128,
  jobservice: 1024,
  scanner: 2048, // it reads the whole database of vulnerabilities
  exporter: 256,
  proxy: 256,
};

/** Everything that the parts are told, once it is known. */
export interface Knowledge {
  database: Database;
  cache: Cache;
  storage: Storage;
  secrets: CoreSecrets & {
    secretKey: string;
    tokenKey: string;
    tokenCertificate: string;
    registryHash: string;
    registryHttp: string;
  };
  entry: { certificate: string; key: string; ca: string | undefined };
}

export interface PartsArgs {
  release: Release;
  hostname: string;
  url: string;
  ports: { https: number; http?: number; metrics?: number };
  /** Directory of Harbor on the host, and that of the layers. */
  directory: string;
  storageDirectory: string;
  own: { database: boolean; cache: boolean };
  scanner: ScannerSettings | undefined;
  jobWorkers: number;
  /** PEM of authorities that parts trust beyond the usual ones. */
  trustedCas: string[];
  /** Whether the page offers the authority of the entry to download. */
  offersCa: boolean;
  knowledge: pulumi.Output<Knowledge>;
  /** The same with empty texts for all that is secret or not known yet: what is left is the same in the end. */
  outline: Knowledge;
}

/** A part as its container is made; the name on the network is that in Harbor's own files. */
export type Part = Omit<ContainerArgs, "host" | "component" | "memoryMiB" | "ownNetwork"> & { alias: string };

/** The parts that there are, by their names. */
export function partsOf(args: PartsArgs): Partial<Record<PartName, Part>> {
  const { release, ports, directory, own, scanner, knowledge } = args;
  const metrics = ports.metrics !== undefined;
  const { tag } = release;
  const images = imagesOf(release);
  const file = (
    path: string,
    content: (known: Knowledge) => string,
    owner: number = harborUser,
  ): ContainerFile => ({
    path,
    content: knowledge.apply(content),
    mode: "0400",
    owner,
  });
  /** The variables of a part; those that are secret in a file, which its command reads first. */
  const told = (environment: (known: Knowledge) => Environment) => ({
    environment: environment(args.outline).plain, // known in the preview, and no secret
    secrets: file(environmentFile, (known) => renderEnvironmentFile(environment(known).secret)),
  });
  const trusted: ContainerFile[] = args.trustedCas.map((pem, index) => ({
    path: `/harbor_cust_cert/farmstack-${index}.crt`,
    content: pem,
  }));
  const registryFiles = [
    file("/etc/registry/config.yml", (known) =>
      renderRegistryConfig({
        release,
        storage: known.storage,
        cache: known.cache,
        httpSecret: known.secrets.registryHttp,
        metrics,
      }),
    ),
    file("/etc/registry/passwd", ({ secrets }) => renderHtpasswd(secrets.registryHash)),
    ...trusted,
  ];
  const layers = { hostPath: args.storageDirectory, path: "/storage" };
  const user = ["CHOWN", "SETGID", "SETUID"];
  const page = [...user, "NET_BIND_SERVICE"];

  const core = told((known) =>
    coreEnvironment({
      release,
      url: args.url,
      database: known.database,
      cache: known.cache,
      storage: known.storage.kind,
      scanner: scanner !== undefined,
      metrics,
      jobWorkers: args.jobWorkers,
      secrets: known.secrets,
    }),
  );
  const jobservice = told(({ secrets }) => jobserviceEnvironment(secrets, metrics));
  const registryctl = told(({ secrets }) => registryctlEnvironment(secrets));

  return {
    ...(own.database && {
      database: {
        alias: "postgresql",
        image: images.database,
        tag,
        command: ["/docker-entrypoint.sh", ...release.postgresql],
        environment: { POSTGRES_PASSWORD_FILE: "/etc/farmstack/password" },
        files: [file("/etc/farmstack/password", ({ database }) => database.password, storeUser)],
        volumes: [{ hostPath: `${directory}/database`, path: "/var/lib/postgresql/data" }],
        capabilities: ["CHOWN", "DAC_OVERRIDE", "SETGID", "SETUID"],
        sharedMemoryMiB: 1024,
      },
    }),
    ...(own.cache && {
      redis: {
        alias: "redis",
        image: images.redis,
        tag,
        command: [release.cache.program, "/etc/redis.conf"],
        volumes: [{ hostPath: `${directory}/redis`, path: "/var/lib/redis" }],
        capabilities: user,
      },
    }),
    registry: {
      alias: "registry",
      image: images.registry,
      tag,
      command: ["/home/harbor/entrypoint.sh"],
      files: [...registryFiles, file("/etc/registry/root.crt", ({ secrets }) => secrets.tokenCertificate)],
      volumes: [layers],
      capabilities: user,
    },
    registryctl: {
      alias: "registryctl",
      image: images.registryctl,
      tag,
      command: withEnvironmentFile("/home/harbor/start.sh"),
      environment: registryctl.environment,
      files: [
        registryctl.secrets,
        ...registryFiles,
        file("/etc/registryctl/config.yml", renderRegistryctlConfig),
      ],
      volumes: [layers],
      capabilities: user,
    },
    core: {
      alias: "core",
      image: images.core,
      tag,
      command: withEnvironmentFile("/harbor/entrypoint.sh"),
      environment: core.environment,
      files: [
        core.secrets,
        file("/etc/core/app.conf", renderAppConf),
        file("/etc/core/private_key.pem", ({ secrets }) => secrets.tokenKey),
        file("/etc/core/key", ({ secrets }) => secrets.secretKey),
        ...(args.offersCa ? [file("/etc/core/ca/ca.crt", ({ entry }) => entry.ca ?? "")] : []),
        ...trusted,
      ],
      volumes: [{ hostPath: args.storageDirectory, path: "/data", readOnly: true }], // whose free space the page shows
      capabilities: ["SETGID", "SETUID"],
    },
    portal: {
      alias: "portal",
      image: images.portal,
      tag,
      command: ["nginx", "-g", "daemon off;"],
      files: [file("/etc/nginx/nginx.conf", renderPortalConf)],
      capabilities: page,
    },
    jobservice: {
      alias: "jobservice",
      image: images.jobservice,
      tag,
      command: withEnvironmentFile("/harbor/entrypoint.sh"),
      environment: jobservice.environment,
      files: [
        jobservice.secrets,
        file("/etc/jobservice/config.yml", ({ cache }) =>
          renderJobserviceConfig({ cache, workers: args.jobWorkers, metrics }),
        ),
        ...trusted,
      ],
      volumes: [{ hostPath: `${directory}/job_logs`, path: "/var/log/jobs" }],
      capabilities: user,
    },
    ...(scanner && { scanner: scannerPart(scanner) }),
    ...(metrics && { exporter: exporterPart() }),
    proxy: {
      alias: "proxy",
      image: images.proxy,
      tag,
      command: ["nginx", "-g", "daemon off;"],
      ports: [
        { host: ports.https, container: 8443 },
        ...(ports.http === undefined ? [] : [{ host: ports.http, container: 8080 }]),
        ...(ports.metrics === undefined ? [] : [{ host: ports.metrics, container: metricsPort }]),
      ],
      files: [
        file("/etc/nginx/nginx.conf", () =>
          renderProxyConf({ hostname: args.hostname, url: args.url, metrics }),
        ),
        file("/etc/cert/server.crt", ({ entry }) => entry.certificate),
        file("/etc/cert/server.key", ({ entry }) => entry.key),
      ],
      capabilities: page,
    },
  };

  function scannerPart(settings: ScannerSettings): Part {
    const { environment, secrets } = told(({ cache }) => scannerEnvironment(settings, cache, release));
    return {
      alias: "trivy-adapter",
      image: images.scanner,
      tag,
      command: withEnvironmentFile("/home/scanner/entrypoint.sh"),
      environment,
      files: [secrets, ...trusted],
      volumes: ["trivy", "reports"].map((folder) => ({
        hostPath: `${directory}/scanner/${folder}`,
        path: `/home/scanner/.cache/${folder}`,
      })),
    };
  }

  function exporterPart(): Part {
    const { environment, secrets } = told(({ database, cache }) => exporterEnvironment(database, cache));
    return {
      alias: "exporter",
      image: images.exporter,
      tag,
      command: withEnvironmentFile("/harbor/entrypoint.sh"),
      environment,
      files: [secrets, ...trusted],
    };
  }
}
