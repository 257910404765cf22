import { stringify } from "yaml";
import { type DataStreams } from "./data-streams";
import { ports } from "./paths";

export const logstashHome = "/usr/share/logstash";
/** Files that Logstash reads: the pipeline with its password, certificates, keys. */
export const logstashFiles = `${logstashHome}/farmstack`;

/** What a receiver hands on, and to whom. */
export interface ReceiverSettings {
  /** Address that it listens on. */
  address: string;
  /** URLs of the store. */
  urls: string[];
  writer: { user: string; password: string };
  dataStreams: DataStreams;
}

/** How much the receiver keeps on its disk while the store is away, and of what the store refuses. */
export interface QueueSettings {
  queueMiB: number;
  deadLettersMiB: number;
}

/**
 * logstash.yml: what was taken is on the disk before it is acknowledged, and what the store refuses is kept.
 * https://www.elastic.co/docs/reference/logstash/logstash-settings-file
 */
export const logstashYml = (node: string, { queueMiB, deadLettersMiB }: QueueSettings): string =>
  stringify({
    "node.name": node,
    "api.http.host": "127.0.0.1",
    "api.http.port": ports.receiverApi,
    "log.format": "json",
    "pipeline.ecs_compatibility": "v8",
    "queue.type": "persisted",
    "queue.max_bytes": `${queueMiB}mb`,
    "dead_letter_queue.enable": true,
    "dead_letter_queue.max_bytes": `${deadLettersMiB}mb`,
    "dead_letter_queue.storage_policy": "drop_older",
    "xpack.monitoring.enabled": false,
  });

export const pipelinesYml = stringify([
  { "pipeline.id": "events", "path.config": `${logstashFiles}/events.conf` },
]);

/**
 * The pipeline. An event that has an id gets it in the store, where it is made only once; a repetition is refused
 * there (409), and forgotten here. `data_stream` is off, since with it the output takes no ids.
 * https://www.elastic.co/docs/reference/logstash/plugins/plugins-outputs-elasticsearch
 */
export function pipelineConf({ address, urls, writer, dataStreams }: ReceiverSettings): string {
  const tls = [
    "ssl_enabled => true",
    `ssl_certificate => "${logstashFiles}/certificate.pem"`,
    `ssl_key => "${logstashFiles}/key.pem"`,
  ];
  const store = (index: string, more: string[] = []) =>
    block("elasticsearch", [
      `hosts => [${urls.map((url) => `"${url}"`).join(", ")}]`,
      "ssl_enabled => true",
      `ssl_certificate_authorities => ["${logstashFiles}/ca.pem"]`,
      `user => "${writer.user}"`,
      `password => "${writer.password}"`,
      'data_stream => "false"',
      "manage_template => false",
      "ilm_enabled => false",
      'action => "create"',
      `index => "${index}"`,
      ...more,
    ]);
  return `input {
${block("beats", [`host => "${address}"`, `port => ${ports.beats}`, ...tls])}
${block("tcp", [
  `host => "${address}"`,
  `port => ${ports.events}`,
  "codec => json_lines",
  ...tls,
  'ssl_client_authentication => "none"',
  `add_field => { "[@metadata][index]" => "${dataStreams.events}" }`,
])}
}

filter {
  # Shippers say where their lines go.
  if ![@metadata][index] {
    mutate { add_field => { "[@metadata][index]" => "${dataStreams.containers}" } }
  }
}

output {
  if [@metadata][_id] {
${indent(store("%{[@metadata][index]}", ['document_id => "%{[@metadata][_id]}"']))}
  } else {
${indent(store("%{[@metadata][index]}"))}
  }
}
`;
}

const block = (name: string, lines: string[]): string =>
  `  ${name} {\n${lines.map((line) => `    ${line}\n`).join("")}  }`;

const indent = (text: string): string => text.replaceAll(/^/gm, "  ");
