import { type Environment } from "../environment";
import { type Cache, cacheUrl } from "../stores";
import { type Release } from "../versions";

/** What Trivy looks for, and whom it asks. */
export interface ScannerSettings {
  /** Where the database of vulnerabilities comes from, an OCI reference without a tag. @default Trivy's own */
  databaseRepository?: string;
  /** The same for archives of Java. @default Trivy's own */
  javaDatabaseRepository?: string;
  /** Whether it uses the database that it has, and fetches none. @default false */
  skipUpdate: boolean;
  /** Whether scans ask nothing of anybody outside. @default false */
  offline: boolean;
  /** Whether vulnerabilities without a fix are left out. @default false */
  ignoreUnfixed: boolean;
}

/** Variables of the adapter for Trivy. */
export function scannerEnvironment(
  { databaseRepository, javaDatabaseRepository, skipUpdate, offline, ignoreUnfixed }: ScannerSettings,
  cache: Cache,
  release: Release,
): Environment {
  const url = cacheUrl(cache, "scanner");
  return {
    plain: {
      SCANNER_LOG_LEVEL: "info",
      SCANNER_STORE_REDIS_NAMESPACE: "harbor.scanner.trivy:store",
      SCANNER_JOB_QUEUE_REDIS_NAMESPACE: "harbor.scanner.trivy:job-queue",
      SCANNER_TRIVY_CACHE_DIR: "/home/scanner/.cache/trivy",
      SCANNER_TRIVY_REPORTS_DIR: "/home/scanner/.cache/reports",
      SCANNER_TRIVY_VULN_TYPE: "os,library",
      SCANNER_TRIVY_SEVERITY: "UNKNOWN,LOW,MEDIUM,HIGH,CRITICAL",
      SCANNER_TRIVY_IGNORE_UNFIXED: String(ignoreUnfixed),
      SCANNER_TRIVY_SKIP_UPDATE: String(skipUpdate),
      SCANNER_TRIVY_SKIP_JAVA_DB_UPDATE: String(skipUpdate),
      ...(release.scannerSources
        ? {
            SCANNER_TRIVY_DB_REPOSITORY: databaseRepository ?? "ghcr.io/aquasecurity/trivy-db",
            SCANNER_TRIVY_JAVA_DB_REPOSITORY: javaDatabaseRepository ?? "ghcr.io/aquasecurity/trivy-java-db",
          }
        : {}),
      SCANNER_TRIVY_OFFLINE_SCAN: String(offline),
      SCANNER_TRIVY_SECURITY_CHECKS: "vuln",
      SCANNER_TRIVY_INSECURE: "false",
      SCANNER_TRIVY_TIMEOUT: "5m0s",
    },
    secret: {
      SCANNER_REDIS_URL: url,
      SCANNER_STORE_REDIS_URL: url,
      SCANNER_JOB_QUEUE_REDIS_URL: url,
    },
  };
}
