import { z } from "zod";
import { partNames } from "../../components/harbor/part-names";
import { defaultVersion, versionProblem } from "../../components/harbor/versions";
import { isAddress, isDnsName, isEndpoint, isPlainUrl, isRegistryPath } from "../formats";
import { hostName, hostPath, keyPath, matching, port, singleLine } from "./fields";

/** Names in Harbor. */
const harborName = matching(
  (text) => /^[a-z0-9]+([._-][a-z0-9]+)*$/.test(text) && text.length <= 100,
  "a name of lower-case letters, digits and single . _ or - between them",
);

/** Patterns of repositories and tags. */
const pattern = matching(/^[\w.*?{},/[\]-]{1,128}$/, "a pattern such as ** or v*");

const harborCron = matching(
  /^[\d*,/-]+( [\d*,/?A-Za-z-]+){5}$/,
  "six fields of cron with seconds in front, such as 0 0 3 * * *",
);

const httpUrl = matching(isPlainUrl, "an http:// or https:// URL without user, query or fragment");

export const harbor = z.strictObject({
  /** Name of the host that it runs on. Needed when anything else is set. @default none: there is no Harbor */
  host: hostName.optional(),
  /** DNS name by which clients ask for it; needed with `host`. An IP address and localhost are rejected. */
  hostname: matching(
    (text) => isDnsName(text) && text.includes("."),
    "a DNS name with a dot, such as registry.example.com",
  ).optional(),
  /** Version: 2.14.x or 2.15.4. Another one is an upgrade, which asks for a backup first. @default "2.15.4" */
  version: z
    .string()
    .superRefine((version, context) => {
      const message = versionProblem(version);
      if (message) context.addIssue({ code: "custom", message });
    })
    .default(defaultVersion),
  /** Ports of the host. */
  ports: z
    .strictObject({
      /** @default 443 */
      https: port.default(443),
      /** Sends to the other one. @default none */
      http: port.optional(),
      /** Numbers for Prometheus, without TLS. @default none */
      metrics: port.optional(),
    })
    .prefault({}),
  /** Certificate of the entry, files on the operator's machine. @default one of an authority that is made for it */
  tls: z
    .strictObject({
      /** PEM, with those between it and the root. */
      certificateFile: keyPath,
      keyFile: keyPath,
      /** PEM of who signed it. @default none: all clients know them */
      caFile: keyPath.optional(),
    })
    .optional(),
  /** Where layers are kept. @default the directory harbor/registry in dataDirectory */
  storage: z
    .strictObject({
      /** Directory on the host; rejected beside `s3`. */
      directory: hostPath.optional(),
      s3: z
        .strictObject({
          bucket: matching(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "the name of a bucket"),
          /** @default "us-east-1" */
          region: matching(/^[\w-]+$/, "the name of a region").default("us-east-1"),
          /** URL of a store that is not Amazon's. @default Amazon's */
          endpoint: httpUrl.optional(),
          /** Beginning of the names of objects. @default none */
          prefix: matching(/^[\w.-]+(\/[\w.-]+)*$/, "a path without a slash at either end").optional(),
          accessKey: matching(/^\S{3,128}$/, "an access key"),
          /** File on the operator's machine with the secret key. */
          secretKeyFile: keyPath,
        })
        .optional(),
    })
    .optional(),
  /** PostgreSQL that is there already, with an empty database. @default Harbor's own */
  database: z
    .strictObject({
      host: matching(isAddress, "an address or a DNS name"),
      /** @default 5432 */
      port: port.default(5432),
      name: matching(/^[\w-]+$/, "the name of a database"),
      user: matching(/^[\w.-]+$/, "the name of a user"),
      /** File on the operator's machine. */
      passwordFile: keyPath,
      /** disable, require, verify-ca or verify-full. @default "require" */
      sslMode: z.enum(["disable", "require", "verify-ca", "verify-full"]).default("require"),
    })
    .optional(),
  /** Redis or Valkey that is there already. @default Harbor's own */
  cache: z
    .strictObject({
      /** host:port */
      address: matching((text) => isEndpoint(text) && /:\d+$/.test(text), "host:port"),
      /** @default none */
      user: matching(/^[\w.-]+$/, "the name of a user").optional(),
      /** File on the operator's machine. @default none */
      passwordFile: keyPath.optional(),
      /** @default false */
      tls: z.boolean().default(false),
    })
    .optional(),
  /** Scans images with Trivy; needs a way to where its databases come from, or copies of them. @default none */
  scanner: z
    .strictObject({
      /** OCI reference of the database of vulnerabilities, without a tag. @default Trivy's own */
      databaseRepository: matching(isRegistryPath, "host[:port]/path without a tag").optional(),
      javaDatabaseRepository: matching(isRegistryPath, "host[:port]/path without a tag").optional(),
      /** Whether it uses the database that it has, and fetches none. @default false */
      skipUpdate: z.boolean().default(false),
      /** Whether scans ask nothing of anybody outside. @default false */
      offline: z.boolean().default(false),
      /** Whether vulnerabilities without a fix are left out. @default false */
      ignoreUnfixed: z.boolean().default(false),
    })
    .optional(),
  /** Jobs at a time, 1 to 100. @default 10 */
  jobWorkers: z.int().min(1).max(100).default(10),
  /** Most memory, MiB, by part. @default see docs/harbor.md */
  memoryMiB: z
    .strictObject(
      Object.fromEntries(partNames.map((part) => [part, z.int().min(64).optional()])) as Record<
        (typeof partNames)[number],
        z.ZodOptional<z.ZodInt>
      >,
    )
    .prefault({}),
  /** PEM files on the operator's machine, of authorities that Harbor trusts as well. @default [] */
  trustedCaFiles: z.array(keyPath).default([]),
  /** Another number is another password of admin, and of all by which its parts know each other. @default 0 */
  rotation: z.int().min(0).default(0),
  /** Other registries. A name that stands twice is rejected. @default [] */
  registries: z
    .array(
      z.strictObject({
        name: harborName,
        /** What it is; quay.io is a docker-registry. */
        type: z.enum([
          ...(["docker-hub", "docker-registry", "github-ghcr", "harbor", "azure-acr", "ali-acr"] as const),
          ...(["aws-ecr", "google-gcr", "jfrog-artifactory"] as const),
        ]),
        url: httpUrl,
        /** @default none */
        user: matching(singleLine, "a single line").optional(),
        /** File on the operator's machine; rejected without `user`. @default none */
        passwordFile: keyPath.optional(),
        /** Whether its certificate is not looked at. @default false */
        insecure: z.boolean().default(false),
      }),
    )
    .default([]),
  /** Projects. A name that stands twice is rejected. @default [] */
  projects: z
    .array(
      z.strictObject({
        name: harborName,
        /** Whether anybody may pull. @default false */
        public: z.boolean().default(false),
        /** Most that it may have, GiB. @default no limit */
        quotaGiB: z.int().min(1).optional(),
        /** Whether images are scanned when they are pushed; needs `scanner`. @default false */
        scan: z.boolean().default(false),
        /** Severity from which on a vulnerability keeps an image from being pulled; needs `scanner`. @default "none" */
        blockFrom: z.enum(["none", "low", "medium", "high", "critical"]).default("none"),
        /** One of `registries`, of which it is a cache. @default none */
        cacheOf: z.string().optional(),
        /** Which tags stay when the others are cleared away. @default all */
        retention: z
          .strictObject({
            /** @default "0 0 1 * * *" */
            schedule: harborCron.default("0 0 1 * * *"),
            /** A tag stays that one of them names; either `latest` or `days`. */
            rules: z
              .array(
                z.strictObject({
                  /** @default "**" */
                  repositories: pattern.default("**"),
                  /** @default "**" */
                  tags: pattern.default("**"),
                  /** The newest so many. */
                  latest: z.int().min(1).optional(),
                  /** Those that were pushed in so many days. */
                  days: z.int().min(1).optional(),
                }),
              )
              .min(1),
          })
          .optional(),
        /** Tags that can't be overwritten or deleted. @default [] */
        immutableTags: z.array(pattern).default([]),
      }),
    )
    .default([]),
  /** Accounts for programs. A name that stands twice is rejected. @default [] */
  robots: z
    .array(
      z.strictObject({
        name: harborName,
        /** Names of `projects`, or * for all; at least 1. */
        projects: z.array(z.string()).min(1),
        /** pull, or push, which may pull too. @default "pull" */
        access: z.enum(["pull", "push"]).default("pull"),
        /** Days until it ends; -1: never. @default -1 */
        days: z
          .int()
          .refine((days) => days === -1 || days > 0, "expected a number of days, or -1")
          .default(-1),
        /** Another number is another secret; `npm run harbor -- rotate NAME` raises it. @default 0 */
        rotation: z.int().min(0).default(0),
      }),
    )
    .default([]),
  /** Images that are copied from or to another registry. A name that stands twice is rejected. @default [] */
  replications: z
    .array(
      z.strictObject({
        name: harborName,
        /** pull: from the other registry; push: to it. */
        direction: z.enum(["pull", "push"]),
        /** One of `registries`. */
        registry: z.string(),
        /** @default "**" */
        repositories: pattern.default("**"),
        /** @default "**" */
        tags: pattern.default("**"),
        /** Project in which they end. @default where they were */
        into: harborName.optional(),
        /** When; `event`, for push alone: when images change. @default by hand */
        schedule: z.union([z.literal("event"), harborCron]).optional(),
        /** Whether tags that are there are overwritten. @default true */
        override: z.boolean().default(true),
      }),
    )
    .default([]),
  /** When layers that nothing needs are deleted. @default never */
  garbageCollection: z
    .strictObject({
      /** @default "0 0 3 * * 0" */
      schedule: harborCron.default("0 0 3 * * 0"),
      /** Whether images without a tag go too. @default false */
      untagged: z.boolean().default(false),
    })
    .optional(),
  /** When all images are scanned; needs `scanner`. @default never */
  scanAll: z.strictObject({ schedule: harborCron }).optional(),
});
