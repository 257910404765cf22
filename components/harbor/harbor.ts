import { isIP } from "node:net";
import { type remote } from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { Container } from "../container";
import { type Host } from "../hosts";
import { createCertificate, type EntryCertificate, type GivenCertificate } from "./certificates";
import { defaultMemoryMiB, type Knowledge, partsOf } from "./parts";
import { type PartName } from "./part-names";
import { type S3, type Storage } from "./render/registry";
import { type ScannerSettings } from "./render/scanner";
import {
  adminPasswordScript,
  databasePasswordScript,
  healthScript,
  prepareScript,
  versionScript,
} from "./scripts";
import { createSecrets, type Secrets } from "./secrets";
import { type Cache, type Database } from "./stores";
import { defaultVersion, releaseOf } from "./versions";

export interface HarborRegistryArgs {
  /** Host that it runs on. */
  host: Host;
  /** DNS name by which clients ask for it, never `localhost`. Another one makes other names of all images. */
  hostname: string;
  /** Version: 2.14.x or 2.15.4. Another one is an upgrade, which asks for a backup first. @default 2.15.4 */
  version?: string;
  /** Ports of the host. @default 443 for HTTPS alone */
  ports?: {
    /** Port of the entry. @default 443 */
    https?: number;
    /** Port that sends browsers to the other one. @default none */
    http?: number;
  };
  /** Certificate of the entry. @default one of an authority that is made for it */
  tls?: GivenCertificate;
  /**
   * Where layers are kept: a directory of the host, or a bucket. The database, and so what there is, stays on the host.
   * @default the directory `registry` in that of Harbor
   */
  storage?:
    | { directory: string }
    | ({ bucket: string } & Omit<S3, "secretKey"> & { secretKey: pulumi.Input<string> });
  /** PostgreSQL that is there already, with an empty database for Harbor. @default one of Harbor's own */
  database?: Omit<Database, "password"> & { password: pulumi.Input<string> };
  /** Redis or Valkey that is there already. @default one of Harbor's own */
  cache?: Omit<Cache, "password"> & {
    /** A secret. @default none */
    password?: pulumi.Input<string>;
  };
  /** Scans images for vulnerabilities; needs a way to its database, which is a registry outside. @default none */
  scanner?: Partial<ScannerSettings>;
  /** Port of the host at which it tells its numbers to Prometheus, without TLS. @default none */
  metricsPort?: number;
  /** Jobs at a time: replications, scans, garbage collection. @default 10 */
  jobWorkers?: number;
  /** Most memory, MiB, by part. @default see `defaultMemoryMiB` */
  memoryMiB?: Partial<Record<PartName, number>>;
  /** PEM of authorities that Harbor trusts as well: of a bucket, of other registries. @default none */
  trustedCas?: string[];
  /** Another number is another password of `admin` and of all that parts of Harbor know each other by. @default 0 */
  rotation?: number;
  /** Name of the stack, for the commands in messages. @default the running one */
  stack?: string;
  /** Whether what can't be made again refuses to be deleted: key, passwords, authority. @default true */
  protect?: boolean;
}

/** How Harbor's API is reached from the operator's machine. */
export interface HarborConnection {
  /** URL by which clients know it, without a slash at the end. */
  url: pulumi.Input<string>;
  /** Address that is connected to, where the name of the URL leads somewhere else or nowhere. @default the name */
  address?: pulumi.Input<string>;
  /** PEM of the authority. @default those that Node knows */
  ca?: pulumi.Input<string>;
  /** User that asks: an administrator of Harbor. */
  username: pulumi.Input<string>;
  /** Password of that user, a secret. */
  password: pulumi.Input<string>;
}

/**
 * Harbor, a registry with projects, robots, caches, replication and scanning, as containers on a host, without its
 * installer: all of its files are rendered here, so that they show in the plan and its secrets stay what they are.
 * https://goharbor.io/docs/2.15.0/install-config/
 */
export class HarborRegistry extends pulumi.ComponentResource {
  /** What clients ask for, such as `https://registry.example.com`. */
  public readonly url: string;
  /** The same in the name of an image: `registry.example.com[:PORT]`. */
  public readonly registry: string;
  /** PEM that clients have to trust; undefined: they do already. */
  public readonly ca: pulumi.Output<string> | undefined;
  /** Password of the user `admin`, a secret. */
  public readonly adminPassword: pulumi.Output<string>;
  /** What to type to see whether all parts are well. */
  public readonly healthCommand: string;
  /** For what is declared in it; it holds once all of the component is there. */
  public readonly connection: HarborConnection;

  constructor(name: string, args: HarborRegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("farmstack:harbor:HarborRegistry", name, {}, opts);
    const { host, hostname, version = defaultVersion, rotation = 0, protect = true } = args;
    const release = releaseOf(version);
    const https = args.ports?.https ?? 443;
    this.registry = https === 443 ? hostname : `${hostname}:${https}`;
    this.url = `https://${this.registry}`;

    const secrets = createSecrets(name, rotation, this, protect);
    const entry = args.tls
      ? givenCertificate(args.tls)
      : createCertificate(name, [hostname, ...(isIP(host.address) ? [host.address] : [])], this, protect);
    const know = knowledgeOf(args);
    const values = pulumi.secret(pulumi.all(valuesOf(args, secrets, entry)));
    const directory = `${host.dataDirectory}/${name}`;
    const storageDirectory =
      args.storage && "directory" in args.storage ? args.storage.directory : `${directory}/registry`;
    const parts = partsOf({
      release,
      hostname,
      url: this.url,
      ports: { https, http: args.ports?.http, metrics: args.metricsPort },
      directory,
      storageDirectory,
      own: { database: args.database === undefined, cache: args.cache === undefined },
      scanner: args.scanner && { skipUpdate: false, offline: false, ignoreUnfixed: false, ...args.scanner },
      jobWorkers: args.jobWorkers ?? 10,
      trustedCas: args.trustedCas ?? [],
      offersCa: entry.ca !== undefined,
      knowledge: values.apply(know),
      outline: know({}),
    });

    const containerName = (part: PartName) => `${name}-${part}`;
    const stack = args.stack ?? pulumi.getStack();
    const prepared = host.run(
      `${name}-directories`,
      {
        script: prepareScript({
          name,
          host: host.hostName,
          directory,
          storageDirectory,
          version,
          writers: (["proxy", "jobservice", "core", "registryctl", "registry"] as const).map(containerName),
          backupCommand: `npm run harbor -- --stack ${stack} backup DIRECTORY`,
        }),
      },
      { parent: this },
    );
    const network = new docker.Network(
      `${name}-network`,
      { name, driver: "bridge" },
      { parent: this, provider: host.docker, deleteBeforeReplace: true },
    );

    /** Containers of a stage beside each other, and the gate behind which all of them are healthy. */
    const stage = (what: string, names: PartName[], before: pulumi.Resource[]): remote.Command => {
      const containers = names.flatMap((part) => {
        const { alias, ...definition } = parts[part] ?? {};
        if (alias === undefined) return [];
        return new Container(
          containerName(part),
          {
            ...(definition as Omit<NonNullable<(typeof parts)[PartName]>, "alias">),
            host,
            component: "harbor",
            ownNetwork: { name: network.name, aliases: [alias] },
            dropsCapabilities: true,
            memoryMiB: args.memoryMiB?.[part] ?? defaultMemoryMiB[part],
          },
          { parent: this, dependsOn: before },
        );
      });
      return host.run(
        `${name}-${what}-healthy`,
        {
          script: pulumi.all(containers.map(({ containerId }) => containerId)).apply((ids) =>
            healthScript({
              containers: containers.map((container) => container.containerName),
              because: ids.join(" "),
              patience: 300,
              look: (container) => host.shellCommand(`docker logs --tail 50 ${container}`),
            }),
          ),
        },
        { parent: this, dependsOn: [...before, ...containers] },
      );
    };

    const stores = stage("stores", ["database", "redis"], [prepared]);
    const database = args.database
      ? stores
      : host.run(
          `${name}-database-password-set`,
          {
            script: pulumi.secret(
              secrets.database.apply((password) =>
                databasePasswordScript(containerName("database"), password),
              ),
            ),
          },
          { parent: this, dependsOn: stores },
        );
    const registry = stage("registry", ["registry", "registryctl"], [stores]);
    const core = stage("core", ["core"], [database, registry]);
    const others = stage("parts", ["portal", "jobservice", "scanner", "exporter"], [core]);
    const proxy = stage("entry", ["proxy"], [others]);
    const admin = host.run(
      `${name}-admin-password-set`,
      {
        script: pulumi.secret(
          pulumi
            .all(secrets.admins)
            .apply((passwords) => adminPasswordScript(containerName("core"), passwords)),
        ),
      },
      { parent: this, dependsOn: core },
    );
    const finished = host.run(
      `${name}-version`,
      { script: versionScript(directory, version, release.tag) },
      { parent: this, dependsOn: [proxy, admin] },
    );

    this.ca = entry.ca;
    // Known only when it is the administrator's, so that whatever uses it waits.
    this.adminPassword = pulumi.secret(
      pulumi.all([secrets.admins[rotation] as pulumi.Output<string>, finished.stdout]).apply(([own]) => own),
    );
    this.healthCommand = host.shellCommand(
      `docker exec ${containerName("core")} curl --silent http://127.0.0.1:8080/api/v2.0/health`,
    );
    this.connection = {
      url: this.url,
      address: host.address,
      ca: this.ca,
      username: "admin",
      password: this.adminPassword,
    };
    this.registerOutputs({
      url: this.url,
      registry: this.registry,
      ca: this.ca,
      adminPassword: this.adminPassword,
      healthCommand: this.healthCommand,
    });
  }
}

const givenCertificate = ({ certificate, key, ca }: GivenCertificate): EntryCertificate => ({
  certificate: pulumi.output(certificate),
  key: pulumi.secret(key),
  ca: ca === undefined ? undefined : pulumi.output(ca),
});

/** Values that are secret, or known only when they are made. */
type Values = ReturnType<typeof valuesOf>;

const valuesOf = (args: HarborRegistryArgs, secrets: Secrets, entry: EntryCertificate) => ({
  ...secrets,
  admins: pulumi.output(secrets.admins.at(-1) as pulumi.Output<string>),
  database: pulumi.output(args.database?.password ?? secrets.database),
  cache: pulumi.output(args.cache?.password),
  bucket: pulumi.output(args.storage && "bucket" in args.storage ? args.storage.secretKey : undefined),
  certificate: entry.certificate,
  key: entry.key,
  ca: pulumi.output(entry.ca),
});

/** Puts the values into what is plain. Of values that are not known, empty texts. */
const knowledgeOf =
  (args: HarborRegistryArgs) =>
  (values: Partial<pulumi.Unwrap<Values>>): Knowledge => ({
    database: {
      ...(args.database ?? ownDatabase),
      password: values.database ?? "",
    },
    cache: { ...(args.cache ?? ownCache), password: values.cache },
    storage: storageOf(args, values.bucket ?? ""),
    secrets: {
      core: values.core ?? "",
      jobservice: values.jobservice ?? "",
      registryPassword: values.registryPassword ?? "",
      adminPassword: values.admins ?? "",
      csrf: values.csrf ?? "",
      reload: values.reload ?? "",
      scannerRobotPrefix: values.scannerRobotPrefix ?? "",
      secretKey: values.secretKey ?? "",
      tokenKey: values.tokenKey ?? "",
      tokenCertificate: values.tokenCertificate ?? "",
      registryHash: values.registryHash ?? "",
      registryHttp: values.registryHttp ?? "",
    },
    entry: { certificate: values.certificate ?? "", key: values.key ?? "", ca: values.ca },
  });

const ownDatabase = {
  host: "postgresql",
  port: 5432,
  name: "registry",
  user: "postgres",
  sslMode: "disable", // it never leaves their own network on the host
};
const ownCache = { address: "redis:6379", tls: false };

function storageOf({ storage }: HarborRegistryArgs, secretKey: string): Storage {
  return storage && "bucket" in storage ? { ...storage, kind: "s3", secretKey } : { kind: "filesystem" };
}
