import { createHash } from "node:crypto";
import { type remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { Container, type ContainerArgs, type ContainerFile } from "../container";
import { type Host } from "../hosts";
import { type Authority } from "./certificates";
import { makeFolders } from "./folders";
import {
  logstashFiles,
  logstashHome,
  logstashYml,
  pipelineConf,
  pipelinesYml,
  type ReceiverSettings,
} from "./logstash";
import { folders, ports } from "./paths";
import { standInData, standInFiles, standInJson } from "./stand-in";

export interface ReceiverArgs {
  /** Name of the logging node's component. */
  name: string;
  host: Host;
  kind: "logstash" | "standin";
  heapMiB: number;
  memoryMiB: number;
  queueMiB: number;
  settings: pulumi.Output<ReceiverSettings>;
  authority: Authority;
}

/** What differs between the two. */
interface Kind {
  daemon: string;
  files: Record<string, pulumi.Output<string>>;
  container: Pick<ContainerArgs, "image" | "command" | "volumes" | "files" | "health">;
}

/**
 * What takes events and hands them to the store, on one host. It acknowledges what is safe, so that shippers keep what it
 * does not take. A change of anything that it reads replaces its container.
 */
export function createReceiver(
  args: ReceiverArgs,
  parent: pulumi.Resource,
  dependsOn: pulumi.Resource[],
): Container {
  const { name, host, authority } = args;
  const pair = authority.sign(`receiver-${host.hostName}`, [
    host.hostName,
    host.address,
    "localhost",
    "127.0.0.1",
  ]);
  const tls = { "ca.pem": authority.certificate, "certificate.pem": pair.certificate, "key.pem": pair.key };
  const { daemon, files, container } = args.kind === "logstash" ? logstash(args) : standIn(args);
  const all = { ...tls, ...files };
  const written: remote.Command = makeFolders(name, host, { daemon, files: all }, { parent });
  return new Container(
    `${name}-${daemon}-${host.hostName}`,
    {
      ...container,
      host,
      component: "logging",
      files: [...(container.files ?? []), revisionOf(all)],
      memoryMiB: args.memoryMiB,
      stopWithin: 120,
    },
    { parent, dependsOn: [...dependsOn, written] },
  );
}

function logstash({ host, heapMiB, queueMiB, settings }: ReceiverArgs): Kind {
  const { data, files } = folders(host.dataDirectory, "logstash");
  return {
    daemon: "logstash",
    files: { "events.conf": settings.apply(pipelineConf) },
    container: {
      image: "logstash",
      // Not by the image's own start, which would write into logstash.yml.
      command: ["env", `LS_JAVA_OPTS=-Xms${heapMiB}m -Xmx${heapMiB}m`, `${logstashHome}/bin/logstash`],
      volumes: [
        { hostPath: data, path: `${logstashHome}/data` },
        { hostPath: files, path: logstashFiles, readOnly: true },
      ],
      files: [
        {
          path: `${logstashHome}/config/logstash.yml`,
          content: logstashYml(host.hostName, { queueMiB, deadLettersMiB: Math.ceil(queueMiB / 4) }),
        },
        { path: `${logstashHome}/config/pipelines.yml`, content: pipelinesYml },
      ],
      health: {
        command: ["bash", "-c", `exec 3<>/dev/tcp/${host.address}/${ports.beats}`],
        interval: "30s",
      },
    },
  };
}

function standIn({ host, settings }: ReceiverArgs): Kind {
  const { data, files } = folders(host.dataDirectory, "log-receiver");
  return {
    daemon: "log-receiver",
    files: {
      "receiver.json": settings.apply(standInJson),
      password: settings.apply(({ writer }) => writer.password),
    },
    container: {
      image: "logReceiver",
      command: ["/receiver", `${standInFiles}/receiver.json`],
      health: { command: ["/receiver", "health", `${standInFiles}/receiver.json`], interval: "30s" },
      volumes: [
        { hostPath: data, path: standInData },
        { hostPath: files, path: standInFiles, readOnly: true },
      ],
    },
  };
}

/** A file that is another when one of these is: who only mounts them would go on with what it read. */
export function revisionOf(files: Record<string, pulumi.Input<string>>): ContainerFile {
  const content = pulumi
    .output(files)
    .apply((texts) => createHash("sha256").update(JSON.stringify(texts)).digest("hex"));
  return { path: "/farmstack-revision", content };
}
