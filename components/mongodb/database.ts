import * as apps from "@pulumi/kubernetes/apps/v1";
import * as batch from "@pulumi/kubernetes/batch/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as policy from "@pulumi/kubernetes/policy/v1";
import * as pulumi from "@pulumi/pulumi";
import { clientAddress, memberAddresses } from "./addresses";
import { type EngineName, engines, port } from "./engine";
import { clientLabelsOf, partLabels, selectorOf } from "./labels";
import { retiredOf, userName } from "./logins";
import { databasePolicies } from "./network";
import { backupPod, serverPod, setupPod } from "./pods";
import { scripts } from "./scripts";
import { createPasswords, createSecret } from "./secrets";
import { type ClaimStorage } from "./storage";

/** Regular dumps of a database. */
export interface BackupArgs {
  /** When, as cron has it, in UTC. @default "0 2 * * *" */
  schedule?: string;
  /** How many are kept. @default 14 */
  keep?: number;
  /** Size of the claim that they are on, GiB. */
  sizeGiB: number;
  /** ReadWriteMany where the storage can: a restore then waits for no backup on another node. @default ReadWriteOnce */
  access?: "ReadWriteOnce" | "ReadWriteMany";
}

export interface MongoDatabaseArgs {
  /** Namespace that it is in. */
  namespace: pulumi.Input<string>;
  /** Server program. ferretdb: for labs, with one member. @default mongodb */
  engine?: EngineName;
  /** Servers: 3 survive the loss of one. From 1 to 3 any time; not back (docs/mongodb.md). */
  members: 1 | 3;
  /** Image of the server. */
  image: pulumi.Input<string>;
  /** Image with mongosh, mongodump and mongorestore. @default that of the server, which in MongoDB's has them */
  toolsImage?: pulumi.Input<string>;
  /** Gives the volumes. */
  storage: ClaimStorage;
  /** Size of each member's volume, GiB. Of volumes that are there nothing changes. */
  sizeGiB: number;
  /** Database that clients may read and write. @default app */
  database?: string;
  /** Memory of each member, MiB: what it asks for and may not pass. @default 2048 */
  memoryMiB?: number;
  /** CPU that each member asks for, thousandths of a core. @default 250 */
  cpuMilli?: number;
  /** Another number makes new users with new passwords, beside those before. Never lower it. @default 0 */
  rotation?: number;
  /** Users of generations up to this one are ended; less than `rotation`. @default all before the previous one */
  retired?: number;
  /** Regular dumps. @default none */
  backup?: BackupArgs;
  /** Whether the key, the administrators' passwords and the claim of the backups refuse to be deleted. @default true */
  protect?: boolean;
}

/**
 * MongoDB, or what speaks its protocol, in a namespace that denies everything else. MongoDB is always a replica set, of one
 * member too, so that it can grow. Clients get a ConfigMap, a Secret and a label. https://www.mongodb.com/docs/manual/replication/
 */
export class MongoDatabase extends pulumi.ComponentResource {
  /** ConfigMap with `url` (without a user), `address` (what stands behind `mongodb://USER:PASSWORD@`) and `database`. */
  public readonly configMap: pulumi.Output<string>;
  /** Secret with the client's `username` and `password`. A rotation gives another one, so that pods that name it roll. */
  public readonly secret: pulumi.Output<string>;
  /** Labels that a pod has to have to reach it. */
  public readonly clientLabels: Record<string, string>;
  /** Address for clients, without user and password. */
  public readonly url: pulumi.Output<string>;
  /** Server program that it is. */
  public readonly engine: EngineName;
  /** What to type to see its pods. */
  public readonly healthCommand: pulumi.Output<string>;

  constructor(name: string, args: MongoDatabaseArgs, opts: pulumi.ComponentResourceOptions) {
    super("farmstack:mongodb:MongoDatabase", name, {}, opts);
    const { members, storage, backup, database = "app", rotation = 0, protect = true } = args;
    const { memoryMiB = 2048, cpuMilli = 250 } = args;
    const engine = engines[args.engine ?? "mongodb"];
    const retired = retiredOf(rotation, args.retired);
    if (members > 1 && !engine.replicates)
      throw new pulumi.ResourceError(`${name}: ${engine.name} has one member`, this);
    if (retired >= rotation)
      throw new pulumi.ResourceError(`${name}: generation ${rotation} can't be retired, it is in use`, this);
    const child = { parent: this };
    const namespace = pulumi.output(args.namespace);
    const inside = (itsName: string) => ({ name: itsName, namespace });
    const image = pulumi.output(args.image);
    const toolsImage = pulumi.output(args.toolsImage ?? args.image);
    const replicaSet = engine.replicates ? name : undefined;
    const addresses = namespace.apply((itsName) => memberAddresses(name, itsName, members));

    // Who may do what
    const passwords = createPasswords(name, rotation, this, protect);
    const serverSecret = createSecret(
      `${name}-server-secret`,
      inside(`${name}-server`),
      {
        key: passwords.key,
        username: userName("admin", 0),
        password: passwords.admins[0] as pulumi.Output<string>,
      },
      child,
    );
    const setupSecret = createSecret(
      `${name}-setup-secret`,
      inside(`${name}-setup`),
      {
        "admin.json": pulumi.jsonStringify(passwords.admins),
        client: passwords.client,
        backup: passwords.backup,
      },
      child,
    );
    const policies = Object.entries(databasePolicies(name)).map(
      ([end, spec]) =>
        new networking.NetworkPolicy(
          `${name}-policy-${end}`,
          { metadata: inside(`${name}-${end}`), spec },
          child,
        ),
    );

    // Servers
    const scriptsMap = new core.ConfigMap(
      `${name}-scripts`,
      { metadata: inside(`${name}-scripts`), data: scripts },
      child,
    );
    const service = new core.Service(
      `${name}-service`,
      {
        metadata: { ...inside(name), labels: partLabels(name, engine.name, "server") },
        spec: {
          clusterIP: "None",
          publishNotReadyAddresses: true, // members have to find each other before they are ready
          selector: selectorOf(name, "server"),
          ports: [{ name: "mongodb", port, targetPort: port }],
        },
      },
      child,
    );
    new policy.PodDisruptionBudget(
      `${name}-budget`,
      {
        metadata: inside(name),
        spec: {
          maxUnavailable: 1, // of one member as well, or its node could never be drained
          unhealthyPodEvictionPolicy: "AlwaysAllow",
          selector: { matchLabels: selectorOf(name, "server") },
        },
      },
      child,
    );
    const volumes = Array.from({ length: members }, (_, index) =>
      storage.volume(`${name}-data-${index}`, {
        namespace,
        claim: `data-${name}-${index}`,
        sizeGiB: args.sizeGiB,
        access: "ReadWriteOnce",
        owner: { user: engine.user, group: engine.user },
      }),
    );
    // The template is one for all members; it waits for the volumes of all.
    const claimOfMember = pulumi.all(volumes.map(({ spec }) => spec)).apply(([first]) => first ?? {});
    const servers = new apps.StatefulSet(
      `${name}-servers`,
      {
        metadata: { ...inside(name), labels: partLabels(name, engine.name, "server") },
        spec: {
          replicas: members,
          serviceName: service.metadata.name,
          podManagementPolicy: "Parallel", // to start; a change still goes through them one at a time
          revisionHistoryLimit: 3,
          persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
          selector: { matchLabels: selectorOf(name, "server") },
          template: pulumi
            .all([image, serverSecret.metadata.name, scriptsMap.metadata.name])
            .apply(([itsImage, secret, map]) =>
              serverPod({ name, engine, image: itsImage, secret, scripts: map, memoryMiB, cpuMilli }),
            ),
          volumeClaimTemplates: [{ metadata: { name: "data" }, spec: claimOfMember }],
        },
      },
      // What is in it can't be changed: all members would be deleted and made anew at once, for nothing.
      { parent: this, dependsOn: policies, ignoreChanges: ["spec.volumeClaimTemplates"] },
    );

    // What the stack says of it: the replica set, users
    const setup = new batch.Job(
      `${name}-setup`,
      {
        metadata: { namespace },
        spec: {
          backoffLimit: 1,
          template: pulumi
            .all([toolsImage, setupSecret.metadata.name, scriptsMap.metadata.name, addresses])
            .apply(([itsImage, secret, map, hosts]) =>
              setupPod(
                { name, engine, image: itsImage, secret, scripts: map },
                { hosts, replicaSet, database, hasRoles: engine.hasRoles, rotation, retired, patience: 240 },
              ),
            ),
        },
      },
      { parent: this, dependsOn: [servers, ...policies] },
    );
    const afterSetup = { parent: this, dependsOn: setup };

    // For clients
    const address = addresses.apply((all) => clientAddress(all, replicaSet, database));
    const url = pulumi.interpolate`mongodb://${address}`;
    const configMap = new core.ConfigMap(
      `${name}-address`,
      { metadata: inside(`${name}-address`), data: { url, address, database } },
      afterSetup,
    );
    const clientSecret = createSecret(
      `${name}-${userName("client", rotation)}-secret`,
      inside(`${name}-${userName("client", rotation)}`),
      { username: userName("client", rotation), password: passwords.client },
      afterSetup,
    );

    // Backups
    if (backup) {
      const user = userName("backup", rotation);
      const everything = addresses.apply((all) => clientAddress(all, replicaSet, ""));
      const { schedule = "0 2 * * *", keep = 14, sizeGiB, access = "ReadWriteOnce" } = backup;
      const backupSecret = createSecret(
        `${name}-backup-secret`,
        inside(`${name}-backup`),
        {
          "mongodump.yaml": pulumi.interpolate`uri: "mongodb://${user}:${passwords.backup}@${everything}"\n`,
        },
        afterSetup,
      );
      const volume = storage.volume(`${name}-backup`, {
        namespace,
        claim: `${name}-backup`,
        sizeGiB,
        access,
        owner: { user: engine.user, group: engine.user },
      });
      const claim = new core.PersistentVolumeClaim(
        `${name}-backup-claim`,
        {
          metadata: { ...inside(`${name}-backup`), annotations: { "pulumi.com/skipAwait": "true" } }, // may wait for a pod
          spec: { ...volume.spec, volumeName: volume.volumeName },
        },
        { parent: this, protect },
      );
      new batch.CronJob(
        `${name}-backup`,
        {
          metadata: inside(`${name}-backup`),
          spec: {
            schedule,
            timeZone: "Etc/UTC",
            concurrencyPolicy: "Forbid",
            startingDeadlineSeconds: 3600,
            successfulJobsHistoryLimit: 1,
            failedJobsHistoryLimit: 3,
            jobTemplate: {
              spec: {
                backoffLimit: 2,
                template: pulumi
                  .all([
                    toolsImage,
                    backupSecret.metadata.name,
                    scriptsMap.metadata.name,
                    claim.metadata.name,
                  ])
                  .apply(([itsImage, secret, map, itsClaim]) =>
                    backupPod(
                      { name, engine, image: itsImage, secret, scripts: map },
                      { claim: itsClaim, database, keep },
                    ),
                  ),
              },
            },
          },
        },
        child,
      );
    }

    this.configMap = configMap.metadata.name;
    this.secret = clientSecret.metadata.name;
    this.clientLabels = clientLabelsOf(name);
    this.url = url;
    this.engine = engine.name;
    this.healthCommand = namespace.apply(
      (itsName) => `kubectl --namespace ${itsName} get pods --selector app.kubernetes.io/instance=${name}`,
    );
    this.registerOutputs({
      configMap: this.configMap,
      secret: this.secret,
      clientLabels: this.clientLabels,
      url: this.url,
      engine: this.engine,
      healthCommand: this.healthCommand,
    });
  }
}
