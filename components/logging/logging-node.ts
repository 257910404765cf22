import * as pulumi from "@pulumi/pulumi";
import { type Host } from "../hosts";
import { Authority } from "./certificates";
import { type DataStreams, dataStreamsOf } from "./data-streams";
import { createElasticsearch, urlOf } from "./elasticsearch";
import { createEntry, type EntryArgs, publicUrlOf } from "./entry";
import { keeperProgramPath, keeperScript, keeperUndo } from "./keeper";
import { createKeys, createKibana, type KibanaArgs, objectsScript } from "./kibana";
import { ports } from "./paths";
import { newest, type Passwords, passwordsOf } from "./passwords";
import { createReceiver } from "./receiver";
import { type RepositoryArgs, type RetentionArgs, setupScript, writerName } from "./setup";
import { type User, users } from "./users";

export interface LoggingNodeArgs {
  /** Hosts that keep events and take them: 1, or 3 that are one cluster and may lose one of them. */
  hosts: Host[];
  /** Heap of Elasticsearch on each host, MiB. @default half of memoryMiB */
  heapMiB?: number;
  /** Most memory of Elasticsearch on each host, MiB. @default 4096 */
  memoryMiB?: number;
  /** Whether Elasticsearch's memory is kept from being swapped out. @default true */
  lockMemory?: boolean;
  /** Most files that Elasticsearch has open; with fewer than the default, three nodes refuse to start. @default 65535 */
  openFiles?: number;
  /** How long events stay. */
  retention: RetentionArgs;
  /** Copies of the events. @default none */
  repository?: RepositoryArgs;
  /** What takes events for the store, on each host. @default Logstash, with the defaults below */
  receiver?: {
    /** logstash, or for labs what stands in for it. @default logstash */
    kind?: "logstash" | "standin";
    /** Most memory, MiB; half of it is Logstash's heap. @default 1024 */
    memoryMiB?: number;
    /** What it keeps on its disk while the store is away, MiB; shippers keep the rest. @default 1024 */
    queueMiB?: number;
  };
  /** Pages on the events. @default none */
  kibana?: KibanaArgs;
  /** What people open, on each host. */
  entry: EntryArgs;
  /** URL that is told, as `{"text": …}`, when a disk is nearly full. @default none */
  webhook?: pulumi.Input<string>;
  /** Another number is another password of that user; never lower one. @default 0 for each */
  rotation?: Partial<Record<User, number>>;
  /** The authority, the passwords and Kibana's keys can't be deleted before `pulumi state unprotect`. @default true */
  protect?: boolean;
}

/** What shippers and readers need. */
export interface LoggingOutputs {
  /** `host:port` of each receiver, for the protocol of Beats over TLS. */
  beats: { hosts: string[] };
  /** `host:port` of each receiver, for lines of JSON over TLS. */
  events: { hosts: string[] };
  /** URL of each node of the store, over TLS. */
  elasticsearch: { urls: string[] };
  /** Who signed the certificates of all of them, PEM. */
  ca: pulumi.Output<string>;
  /** Who may add events, and nothing else. The password is a secret. */
  writer: { user: string; password: pulumi.Output<string> };
  /** Who may read events. The password is a secret. */
  reader: { user: string; password: pulumi.Output<string> };
  /** Names of the data streams that events go to. */
  dataStreams: DataStreams;
}

/** Tries of the steps that ask Elasticsearch, one a second. */
const patience = 300;

/**
 * Where a stack's events go: Elasticsearch, what takes events for it, and pages behind nginx. Certificates and passwords
 * are made here and kept in the state.
 *
 * No container of the stack needs it to start: shippers read files, and keep what is not taken.
 * https://www.elastic.co/docs/deploy-manage/deploy/self-managed
 */
export class LoggingNode extends pulumi.ComponentResource implements LoggingOutputs {
  public readonly beats: { hosts: string[] };
  public readonly events: { hosts: string[] };
  public readonly elasticsearch: { urls: string[] };
  public readonly ca: pulumi.Output<string>;
  public readonly writer: { user: string; password: pulumi.Output<string> };
  public readonly reader: { user: string; password: pulumi.Output<string> };
  public readonly dataStreams: DataStreams;
  /** Password of the user `elastic`, who may do anything; a secret. */
  public readonly elasticPassword: pulumi.Output<string>;
  /** What takes events: logstash, or what stands in for it. */
  public readonly receiver: "logstash" | "standin";
  /** What browsers open. */
  public readonly url: string;
  /** What to type to see how it is. */
  public readonly healthCommand: string;

  constructor(name: string, args: LoggingNodeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("farmstack:logging:LoggingNode", name, {}, opts);
    const { hosts, retention, repository, kibana, entry, protect = true, rotation = {} } = args;
    const { memoryMiB = 4096, lockMemory = true, openFiles = 65_535 } = args;
    const {
      kind: receiver = "logstash",
      memoryMiB: receiverMiB = 1024,
      queueMiB = 1024,
    } = args.receiver ?? {};
    const [first] = hosts;
    if (!first || ![1, 3].includes(hosts.length))
      throw new pulumi.ResourceError(`${name}: a logging node has 1 or 3 hosts, not ${hosts.length}`, this);
    const to = entry.to ?? (kibana ? "kibana" : "elasticsearch");
    if (to === "kibana" && !kibana)
      throw new pulumi.ResourceError(`${name}: its entry leads to Kibana, which it has not`, this);
    const child = { parent: this };
    const kept = { parent: this, protect };

    // Who is who
    const authority = new Authority(name, this, protect);
    const passwords = Object.fromEntries(
      users.map((user) => [user, passwordsOf(name, user, rotation[user] ?? 0, kept)]),
    ) as Record<User, Passwords>;
    this.ca = authority.certificate;
    this.writer = { user: writerName(rotation.writer ?? 0), password: newest(passwords.writer) };
    this.reader = { user: "farmstack_reader", password: newest(passwords.reader) };
    this.elasticPassword = newest(passwords.elastic);

    // The store, and what is in it
    const urls = hosts.map(urlOf);
    this.elasticsearch = { urls };
    this.dataStreams = dataStreamsOf(pulumi.getStack());
    const formed = createElasticsearch(
      {
        name,
        hosts,
        heapMiB: args.heapMiB ?? Math.floor(memoryMiB / 2),
        memoryMiB,
        lockMemory,
        openFiles,
        repository: repository?.path,
        authority,
        passwords: passwords.elastic,
      },
      this,
    );
    const setup = first.run(
      `${name}-setup`,
      {
        script: pulumi.secret(
          pulumi.all([authority.certificate, pulumi.all(passwords)]).apply(([ca, all]) =>
            setupScript({
              hostName: first.hostName,
              url: urlOf(first),
              ca,
              passwords: all as Record<User, string[]>,
              nodes: hosts.length,
              retention,
              repository,
              patience,
            }),
          ),
        ),
      },
      { parent: this, dependsOn: formed },
    );
    for (const host of hosts)
      host.run(
        `${name}-keeper`,
        {
          script: pulumi.secret(
            pulumi
              .all([authority.certificate, newest(passwords.keeper), args.webhook ?? ""])
              .apply(([ca, password, webhook]) =>
                keeperScript(
                  {
                    hostName: host.hostName,
                    dataDirectory: host.dataDirectory,
                    url: urlOf(host),
                    nodes: hosts.length,
                    receiver,
                    retention,
                    repository,
                  },
                  { ca, password, webhook },
                ),
              ),
          ),
          undo: keeperUndo(host.dataDirectory),
        },
        { parent: this, dependsOn: setup },
      );

    // What takes events
    this.receiver = receiver;
    this.beats = { hosts: hosts.map((host) => at(host, ports.beats)) };
    this.events = { hosts: hosts.map((host) => at(host, ports.events)) };
    for (const host of hosts)
      createReceiver(
        {
          name,
          host,
          kind: receiver,
          heapMiB: Math.floor(receiverMiB / 2),
          memoryMiB: receiverMiB,
          queueMiB,
          authority,
          settings: this.writer.password.apply((password) => ({
            address: host.address,
            urls,
            writer: { user: this.writer.user, password },
            dataStreams: this.dataStreams,
          })),
        },
        this,
        [setup],
      );

    // What people look at
    this.url = publicUrlOf(entry, first);
    const keys = kibana && createKeys(name, kept);
    for (const host of hosts) {
      if (kibana && keys) {
        const container = createKibana(
          {
            name,
            host,
            memoryMiB: kibana.memoryMiB ?? 2048,
            urls,
            publicUrl: this.url,
            authority,
            keys,
            password: newest(passwords.kibana_system),
          },
          this,
          [setup],
        );
        if (host === first)
          host.run(
            `${name}-dashboard`,
            {
              script: pulumi.secret(
                pulumi.all([newest(passwords.elastic), container.containerId]).apply(([password]) =>
                  objectsScript({
                    hostName: host.hostName,
                    container: container.containerName,
                    password,
                    patience,
                  }),
                ),
              ),
              timeout: "15m",
            },
            { ...child, dependsOn: container },
          );
      }
      const { port = 443, allow } = entry;
      createEntry(name, host, { port, allow, to, publicUrl: publicUrlOf(entry, host) }, authority, this);
    }

    this.healthCommand = first.shellCommand(`${keeperProgramPath} status`);
    this.registerOutputs({
      beats: this.beats,
      events: this.events,
      elasticsearch: this.elasticsearch,
      ca: this.ca,
      writer: this.writer,
      reader: this.reader,
      dataStreams: this.dataStreams,
      elasticPassword: this.elasticPassword,
      receiver: this.receiver,
      url: this.url,
      healthCommand: this.healthCommand,
    });
  }
}

const at = ({ address }: Host, port: number): string =>
  `${address.includes(":") ? `[${address}]` : address}:${port}`;
