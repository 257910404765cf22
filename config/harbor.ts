import { readFileSync } from "node:fs";
import { RunError } from "@pulumi/pulumi";
import { type HarborRegistryArgs } from "../components/harbor";
import { type HarborContentsArgs } from "../components/harbor-contents";
import { expandHome } from "../components/hosts/ssh";
import { type HarborSettings } from "./schema";

/** Arguments of Harbor from its settings, with what is in the files that they name. */
export function harborOf(settings: HarborSettings): Omit<HarborRegistryArgs, "host"> {
  const { hostname, version, ports, tls, storage, database, cache, scanner } = settings;
  const { metrics, ...entry } = ports;
  return {
    hostname: hostname as string, // that it is there was checked
    version,
    ports: entry,
    metricsPort: metrics,
    tls: tls && {
      certificate: fileText(tls.certificateFile),
      key: fileText(tls.keyFile),
      ca: tls.caFile === undefined ? undefined : fileText(tls.caFile),
    },
    storage: storageOf(storage),
    database: database && databaseOf(database),
    cache: cache && cacheOf(cache),
    scanner,
    jobWorkers: settings.jobWorkers,
    memoryMiB: settings.memoryMiB,
    trustedCas: settings.trustedCaFiles.map(fileText),
    rotation: settings.rotation,
  };
}

const databaseOf = ({ passwordFile, ...database }: NonNullable<HarborSettings["database"]>) => ({
  ...database,
  password: secretIn(passwordFile),
});

const cacheOf = ({ passwordFile, ...cache }: NonNullable<HarborSettings["cache"]>) => ({
  ...cache,
  password: passwordFile === undefined ? undefined : secretIn(passwordFile),
});

function storageOf(storage: HarborSettings["storage"]): HarborRegistryArgs["storage"] {
  if (!storage?.s3) return storage?.directory === undefined ? undefined : { directory: storage.directory };
  const { secretKeyFile, ...bucket } = storage.s3;
  return { ...bucket, secretKey: secretIn(secretKeyFile) };
}

/** What is declared in Harbor. */
export function harborContentsOf(settings: HarborSettings): Omit<HarborContentsArgs, "connection"> {
  const { registries, projects, robots, replications, garbageCollection, scanAll } = settings;
  return {
    registries: registries.map(({ passwordFile, ...registry }) => ({
      ...registry,
      password: passwordFile === undefined ? undefined : secretIn(passwordFile),
    })),
    projects,
    robots,
    replications,
    garbageCollection,
    scanAll,
  };
}

/** The only line of a file. */
const secretIn = (file: string): string => fileText(file).trim();

function fileText(file: string): string {
  try {
    return readFileSync(expandHome(file), "utf8");
  } catch (error) {
    throw new RunError(`harbor: ${file} can't be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}
