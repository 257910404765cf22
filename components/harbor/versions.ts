import { type ImageName } from "../images";
import { type PartName } from "./part-names";

/** What differs between the versions of Harbor. */
export interface Release {
  /** Tag of its images. */
  tag: string;
  /** Image of the cache, and the server program in it. */
  cache: { image: ImageName; program: string };
  /** Arguments of the database's entrypoint: the major version that it upgrades from, and its own. */
  postgresql: [from: string, to: string];
  /** Whether the registry's configuration has a user for the cache. */
  cacheUser: boolean;
  /** Whether core asks to count quotas anew when it starts. */
  syncsQuota: boolean;
  /** Whether the scanner can be told where its databases come from. */
  scannerSources: boolean;
}

/** The newest version that the stack knows. */
export const defaultVersion = "2.15.4";

/** Why a version can't be had; undefined when it can. */
export function versionProblem(version: string): string | undefined {
  if (version === "2.15.3")
    return "2.15.3 is a bad release, taken back by its project: use 2.15.4, or stay with 2.14";
  if (/^2\.15\.[0-2]$/.test(version))
    return `${version} lies before the change of database and cache in its own line: use 2.15.4`;
  return version === defaultVersion || /^2\.14\.\d{1,2}$/.test(version)
    ? undefined
    : `expected 2.14.x or ${defaultVersion}`;
}

/** What there is to know about a version. Throws for one that can't be had. */
export function releaseOf(version: string): Release {
  const problem = versionProblem(version);
  if (problem) throw new Error(`Harbor: ${problem}`);
  const before215 = version.startsWith("2.14.");
  return {
    tag: `v${version}`,
    cache: before215
      ? { image: "harborRedis", program: "redis-server" }
      : { image: "harborValkey", program: "valkey-server" },
    postgresql: before215 ? ["14", "15"] : ["15", "18"],
    cacheUser: !before215,
    syncsQuota: before215,
    scannerSources: !before215,
  };
}

/** Every image that is a part of Harbor in some version. */
export const harborImages: ImageName[] = [
  ...(["harborCore", "harborPortal", "harborJobservice", "harborRegistry", "harborRegistryctl"] as const),
  ...([
    "harborDatabase",
    "harborValkey",
    "harborRedis",
    "harborProxy",
    "harborTrivy",
    "harborExporter",
  ] as const),
];

/** The image of each part in a version. */
export const imagesOf = ({ cache }: Pick<Release, "cache">): Record<PartName, ImageName> => ({
  database: "harborDatabase",
  redis: cache.image,
  registry: "harborRegistry",
  registryctl: "harborRegistryctl",
  core: "harborCore",
  portal: "harborPortal",
  jobservice: "harborJobservice",
  scanner: "harborTrivy",
  exporter: "harborExporter",
  proxy: "harborProxy",
});
